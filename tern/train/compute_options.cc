#include "tern/train/compute_options.h"

#include "tern/knobs/knobs.h"

namespace tern {

void ComputeOptions::describe(Knobs& knobs) {
  knobs.add(TERN_KNOB(dtype),
            {.name = "dtype",
             .meaning = "operands of matrix products",
             .tries = kNotSearched,
             .choices = {{"auto", "bf16 where the CPU multiplies it, else f32", ""},
                         {"bf16", "2 bytes an operand; without AVX-512, multiplied as f32", ""},
                         {"f32", "4 bytes an operand", ""}}});
  knobs.add(TERN_KNOB(recompute),
            {.name = "recompute",
             .meaning = "keep each block's input alone and make the rest again "
                        "in the backward pass: less memory, a forward pass more",
             .tries = kNotSearched,
             .source = "Chen et al. 2016, arXiv 1604.06174"});
}

}  // namespace tern

#pragma once

// Everything that a recipe (a lab's train.cpp) sees. It stays light: the standard library, fmt's
// core and our own headers without SIMD, oneDNN, JSON or OpenMP behind them, so that an edited
// recipe is compiled in seconds (tests/compile_budget_test.py).

#include "tern/base/command.h"
#include "tern/base/error.h"
#include "tern/base/memory.h"
#include "tern/data/token_source.h"
#include "tern/model/llama.h"
#include "tern/model/packed_model.h"
#include "tern/ops/attention.h"
#include "tern/ops/cast.h"
#include "tern/ops/embedding.h"
#include "tern/ops/fake_quantize.h"
#include "tern/ops/head_cross_entropy.h"
#include "tern/ops/linear.h"
#include "tern/ops/residual.h"
#include "tern/ops/rms_norm.h"
#include "tern/ops/rope.h"
#include "tern/ops/swiglu.h"
#include "tern/ops/token_quantize.h"
#include "tern/optim/adamw.h"
#include "tern/optim/gradients.h"
#include "tern/quant/absmax.h"
#include "tern/quant/absmean.h"
#include "tern/tensor/compute_type.h"
#include "tern/train/budget.h"
#include "tern/train/checkpoint.h"
#include "tern/train/evaluate.h"
#include "tern/train/run.h"
#include "tern/train/stop.h"

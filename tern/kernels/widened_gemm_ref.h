#pragma once

// A widened product has the specification of the product that it stands for.
#include "tern/kernels/gemm_ref.h"

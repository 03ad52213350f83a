#include "tern/kernels/gemm.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>

#include "tern/base/error.h"
#include "tern/parallel/parallel.h"

namespace tern::kernels {
namespace {

const dnnl::engine& cpu() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

dnnl::memory::desc describe(int64_t rows, int64_t cols, const int64_t (&strides)[2], bool is_bf16) {
  using Type = dnnl::memory::data_type;
  return {{rows, cols}, is_bf16 ? Type::bf16 : Type::f32, {strides[0], strides[1]}};
}

/// Whether oneDNN multiplies bf16 on this CPU.
bool has_bf16_products() {
  static const bool found = [] {
    const int64_t strides[] = {1, 1};
    const dnnl::memory::desc one = describe(1, 1, strides, /*is_bf16=*/true);
    const dnnl::matmul::primitive_desc plan(dnnl::matmul::desc(one, one, one),
                                            dnnl::primitive_attr(), cpu(), /*allow_empty=*/true);
    return plan.get(/*allow_empty=*/true) != nullptr;
  }();
  return found;
}

struct CallHash {
  size_t operator()(const GemmCall& call) const {
    size_t hash = call.bf16_in * 8 + call.bf16_out * 4 + call.accumulate * 2 + call.inside_parallel;
    for (const int64_t value : {call.m, call.n, call.k, call.a_strides[0], call.a_strides[1],
                                call.b_strides[0], call.b_strides[1], call.c_strides[0]}) {
      hash = hash * 0x9E3779B97F4A7C15u + static_cast<size_t>(value);
    }
    return hash;
  }
};

/// A compiled product with its own scratch memory: oneDNN's global scratchpad would bind it to the
/// thread that made it.
class Product {
 public:
  explicit Product(const GemmCall& call)
      : stream_(cpu()),
        a_(describe(call.m, call.k, call.a_strides, call.bf16_in), cpu(), nullptr),
        b_(describe(call.k, call.n, call.b_strides, call.bf16_in), cpu(), nullptr),
        c_(describe(call.m, call.n, call.c_strides, call.bf16_out), cpu(), nullptr) {
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    if (call.accumulate) {
      dnnl::post_ops sum;
      sum.append_sum(1.0f);
      attributes.set_post_ops(sum);
    }
    const dnnl::matmul::desc shape(a_.get_desc(), b_.get_desc(), c_.get_desc());
    const dnnl::matmul::primitive_desc plan(shape, attributes, cpu());
    matmul_ = dnnl::matmul(plan);
    scratch_ = dnnl::memory(plan.scratchpad_desc(), cpu());
  }

  void run(const void* a, const void* b, void* c) {
    a_.set_data_handle(const_cast<void*>(a));
    b_.set_data_handle(const_cast<void*>(b));
    c_.set_data_handle(c);
    matmul_.execute(stream_, {{DNNL_ARG_SRC, a_},
                              {DNNL_ARG_WEIGHTS, b_},
                              {DNNL_ARG_DST, c_},
                              {DNNL_ARG_SCRATCHPAD, scratch_}});
    stream_.wait();
  }

 private:
  dnnl::stream stream_;
  dnnl::memory a_, b_, c_, scratch_;
  dnnl::matmul matmul_;
};

/// Products made once per shape. Each thread keeps its own, so none is ever shared while it runs.
Product& product_for(const GemmCall& call) {
  thread_local std::unordered_map<GemmCall, std::unique_ptr<Product>, CallHash> products;
  // A long evaluation meets many lengths; the bound keeps their scratch memory from piling up.
  constexpr size_t kMostProducts = 512;
  if (products.size() >= kMostProducts && !products.contains(call)) products.clear();
  std::unique_ptr<Product>& product = products[call];
  if (!product) {
    try {
      product = std::make_unique<Product>(call);
    } catch (const dnnl::error& e) {
      products.erase(call);
      fail("oneDNN has no matrix product for {} x {} x {}, {} in, {} out: {}", call.m, call.n,
           call.k, call.bf16_in ? "bf16" : "f32", call.bf16_out ? "bf16" : "f32", e.what());
    }
  }
  return *product;
}

/// Whom gemm() tells of its calls. As a rule nobody listens, which costs a call no lock.
class Observer {
 public:
  void set(std::function<void(const GemmCall&)> sink) {
    const std::lock_guard lock(mutex_);
    sink_ = std::move(sink);
    listens_ = sink_ != nullptr;
  }
  void tell(const GemmCall& call) {
    if (!listens_.load(std::memory_order_relaxed)) return;
    const std::lock_guard lock(mutex_);
    if (sink_) sink_(call);
  }

 private:
  std::atomic<bool> listens_ = false;
  std::mutex mutex_;
  std::function<void(const GemmCall&)> sink_;
};

Observer observer;

template <class In, class Out>
void multiply(Matrix<const In> a, Matrix<const In> b, Matrix<Out> c, Into into) {
  check(a.cols == b.rows && c.rows == a.rows && c.cols == b.cols,
        "matrix product: shapes ({}, {}) x ({}, {}) -> ({}, {}) do not fit together", a.rows,
        a.cols, b.rows, b.cols, c.rows, c.cols);
  if (c.size() == 0) return;
  const GemmCall call{.m = a.rows,
                      .n = b.cols,
                      .k = a.cols,
                      .a_strides = {a.row_stride, a.col_stride},
                      .b_strides = {b.row_stride, b.col_stride},
                      .c_strides = {c.row_stride, c.col_stride},
                      .bf16_in = sizeof(In) == 2,
                      .bf16_out = sizeof(Out) == 2,
                      .accumulate = into == Into::accumulate,
                      .inside_parallel = in_parallel()};
  observer.tell(call);
  run_gemm(call, a.data, b.data, c.data);
}

}  // namespace

void gemm(Matrix<const float> a, Matrix<const float> b, Matrix<float> c, Into into) {
  multiply(a, b, c, into);
}
void gemm(Matrix<const bf16> a, Matrix<const bf16> b, Matrix<float> c, Into into) {
  multiply(a, b, c, into);
}
void gemm(Matrix<const bf16> a, Matrix<const bf16> b, Matrix<bf16> c, Into into) {
  multiply(a, b, c, into);
}

void run_gemm(const GemmCall& call, const void* a, const void* b, void* c) {
  if (call.bf16_in && !has_bf16_products()) return widened_gemm(call, a, b, c);
  product_for(call).run(a, b, c);
}

GemmRecorder::GemmRecorder(std::function<void(const GemmCall&)> sink) {
  observer.set(std::move(sink));
}
GemmRecorder::~GemmRecorder() { observer.set(nullptr); }

std::string gemm_library() {
  const dnnl_version_t* version = dnnl_version();
  return fmt::format("oneDNN {}.{}.{}", version->major, version->minor, version->patch);
}

}  // namespace tern::kernels

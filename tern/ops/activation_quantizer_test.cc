#include "tern/ops/activation_quantizer.h"

#include "tern/ops/op_test_util.h"
#include "tern/ops/token_absmean_quantize.h"
#include "tern/ops/token_quantize.h"

namespace tern {
namespace {

TEST(ActivationQuantizer, IsFoundByTheValueOfTheRecipesField) {
  const Tensor x = random_leaf({3, 20}, 1);
  const auto quantized = [&](const char* value, int bits, float clip) {
    return to_doubles(activation_quantizers().at(value).quantize(x, bits, clip, 1));
  };
  EXPECT_EQ(quantized("token", 8, 0.5f), to_doubles(token_quantize(x, 8, 0.5f)));
  EXPECT_EQ(quantized("channel", 4, 1), to_doubles(channel_quantize(x, 4)));
  EXPECT_EQ(quantized("absmean", 4, 1), to_doubles(token_absmean_quantize(x)));
}

TEST(ActivationQuantizer, SaysBeforeTrainingWhatItCannotDo) {
  EXPECT_NO_THROW(activation_quantizers().at("token").require(8, 0.5f));
  EXPECT_THROW(activation_quantizers().at("token").require(9, 1), Error);
  EXPECT_THROW(activation_quantizers().at("channel").require(8, 0), Error);
  EXPECT_THROW(activation_quantizers().at("absmean").require(8, 1), Error);
}

}  // namespace
}  // namespace tern

#include "tern/lab_files/fingerprint.h"

#include <gtest/gtest.h>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"

namespace tern {
namespace {

class Fingerprint : public ::testing::Test {
 protected:
  std::string of(const std::string& contents) const {
    write_file_atomically(folder_ / "file", contents);
    return fingerprint_of_file(folder_ / "file");
  }

  TemporaryFolder folder_;
};

TEST_F(Fingerprint, OfASmallFileSeesEveryByte) {
  EXPECT_EQ(of("tern"), of("tern"));
  EXPECT_NE(of("tern"), of("torn"));
  EXPECT_NE(of(""), of(std::string(1, '\0')));
}

TEST_F(Fingerprint, OfALargeFileSeesItsEndsAndItsLength) {
  const std::string large(6 << 20, 'x');
  const std::string whole = of(large);
  EXPECT_EQ(of(large), whole);
  EXPECT_NE(of(large + "x"), whole);
  for (const size_t at : {size_t{0}, large.size() - 1}) {
    std::string changed = large;
    changed[at] = 'y';
    EXPECT_NE(of(changed), whole) << at;
  }
}

TEST_F(Fingerprint, OfAModelSeesItsConfigurationAndItsWeights) {
  const auto model = [&](const std::string& config, const std::string& weights) {
    write_file_atomically(folder_ / "config.json", config);
    write_file_atomically(folder_ / "model.safetensors", weights);
    return fingerprint_of_model(folder_.path());
  };
  const std::string first = model("{}", "weights");
  write_file_atomically(folder_ / "notes.txt", "of no matter");
  EXPECT_EQ(model("{}", "weights"), first);
  EXPECT_NE(model("{ }", "weights"), first);
  EXPECT_NE(model("{}", "Weights"), first);
}

TEST_F(Fingerprint, OfAFolderWithoutAModelIsAnError) {
  EXPECT_THROW(fingerprint_of_model(folder_.path()), Error);
}

}  // namespace
}  // namespace tern

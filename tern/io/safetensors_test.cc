#include "tern/io/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "tern/base/error.h"
#include "tern/base/shared_data_test_util.h"
#include "tern/base/temporary_folder.h"

namespace tern {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

/// A file with this header text and so many bytes of data.
std::string file_of(std::string_view header, size_t data_bytes) {
  const uint64_t length = header.size();
  std::string out(reinterpret_cast<const char*>(&length), sizeof length);
  return out.append(header) + std::string(data_bytes, '\1');
}

class SafetensorsTest : public ::testing::Test {
 protected:
  /// Writes `contents` as bad.safetensors and expects opening it to fail with a message that names
  /// the file and holds `words`.
  void expect_rejected(std::string_view contents, const std::string& words) {
    const auto path = folder_ / "bad.safetensors";
    write_file_atomically(path, contents);
    EXPECT_THAT([&] { SafetensorsFile file(path); },
                ThrowsMessage<Error>(AllOf(HasSubstr("bad.safetensors"), HasSubstr(words))));
  }
  void expect_rejected_header(std::string_view header, size_t data_bytes,
                              const std::string& words) {
    expect_rejected(file_of(header, data_bytes), words);
  }
  void write_one(const std::string& file, const std::string& tensor, float value) {
    write_safetensors(folder_ / file,
                      std::vector<SafetensorsTensor>{{tensor, DType::f32, {1}, &value}});
  }

  TemporaryFolder folder_;
};

float first_float(const SafetensorsEntry& entry) {
  float value = 0;
  std::memcpy(&value, entry.bytes.data(), sizeof value);
  return value;
}

TEST_F(SafetensorsTest, ReturnsTheTensorsAndMetadataThatWereWritten) {
  const std::vector<float> weights = {1.5f, -2.0f, 3.25f, 0.0f, 7.0f, 8.0f};
  const std::vector<int8_t> codes = {-1, 0, 1};
  const int64_t step = 42;
  const std::vector<SafetensorsTensor> tensors = {{"codes", DType::i8, {3}, codes.data()},
                                                  {"weights", DType::f32, {2, 3}, weights.data()},
                                                  {"step", DType::i64, {}, &step},
                                                  {"nothing", DType::f32, {0, 4}, nullptr}};
  write_safetensors(folder_ / "m.safetensors", tensors, {{"format", "pt"}, {"recipe", "a \"b\""}});

  const SafetensorsFile file(folder_ / "m.safetensors");
  ASSERT_EQ(file.entries().size(), tensors.size());
  for (const SafetensorsTensor& tensor : tensors) {
    const SafetensorsEntry* entry = file.find(tensor.name);
    ASSERT_NE(entry, nullptr) << tensor.name;
    EXPECT_EQ(entry->dtype, tensor.dtype);
    EXPECT_EQ(entry->shape, tensor.shape);
    EXPECT_TRUE(entry->bytes.empty() ||
                std::memcmp(entry->bytes.data(), tensor.data, entry->bytes.size()) == 0);
  }
  EXPECT_EQ(file.metadata(), (SafetensorsMetadata{{"format", "pt"}, {"recipe", "a \"b\""}}));
  EXPECT_EQ(file.find("bias"), nullptr);
}

TEST_F(SafetensorsTest, AlignsEveryTensorToItsOwnValues) {
  const int64_t zeros[3] = {};
  const std::vector<SafetensorsTensor> tensors = {{"bytes", DType::u8, {3}, zeros},
                                                  {"halves", DType::bf16, {1}, zeros},
                                                  {"words", DType::i64, {2}, zeros},
                                                  {"floats", DType::f32, {1}, zeros}};
  write_safetensors(folder_ / "m.safetensors", tensors);
  const SafetensorsFile file(folder_ / "m.safetensors");
  for (const SafetensorsEntry& entry : file.entries()) {
    const auto address = reinterpret_cast<uintptr_t>(entry.bytes.data());
    EXPECT_EQ(address % size_of(entry.dtype), 0u) << entry.name;
  }
}

TEST_F(SafetensorsTest, AModelWithoutTensorsIsAllowed) {
  write_safetensors(folder_ / "empty.safetensors", {});
  EXPECT_TRUE(SafetensorsFile(folder_ / "empty.safetensors").entries().empty());
}

TEST_F(SafetensorsTest, RejectsFilesCutShort) {
  expect_rejected("", "found 0 bytes");
  expect_rejected("abc", "found 3 bytes");
  const std::string whole = file_of(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 8);
  expect_rejected(whole.substr(0, whole.size() - 1), "within the 7 bytes of data, found [0, 8]");
  expect_rejected(whole.substr(0, 20), "cut short");
}

TEST_F(SafetensorsTest, RejectsAnAbsurdHeaderLength) {
  expect_rejected("version https://git-lfs.github.com/spec/v1", "Git LFS pointer");
  expect_rejected(std::string(16, '\xff'), "found the length 18446744073709551615");
}

TEST_F(SafetensorsTest, RejectsAHeaderThatIsNoJsonObject) {
  expect_rejected_header("{\"a\":", 0, "not valid JSON");
  expect_rejected_header("[1, 2]", 0, "found array");
  expect_rejected_header(R"({"a":7})", 0, "\"dtype\" is missing");
  expect_rejected_header(R"({"__metadata__":{"a":7}})", 0, "expected a JSON string");
}

TEST_F(SafetensorsTest, RejectsOffsetsThatDoNotTileTheData) {
  expect_rejected_header(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},
                             "b":{"dtype":"U8","shape":[4],"data_offsets":[3,7]}})",
                         7, "\"b\" to begin where the one before it ends, at byte 4");
  expect_rejected_header(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},
                             "b":{"dtype":"U8","shape":[4],"data_offsets":[5,9]}})",
                         9, "found byte 5");
  expect_rejected_header(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})", 5,
                         "expected 4 bytes of tensor data, found 5");
  expect_rejected_header(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[8,4]}})", 8, "[8, 4]");
  expect_rejected_header(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[-4,0]}})", 8, "[-4, 0]");
  expect_rejected_header(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0]}})", 8, "found 1");
}

TEST_F(SafetensorsTest, RejectsShapesThatContradictTheirBytes) {
  expect_rejected_header(R"({"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,8]}})", 8,
                         "expected 16 bytes for F32 [2, 2]");
  expect_rejected_header(R"({"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}})", 8, "[-2]");
  expect_rejected_header(
      R"({"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}})", 0,
      "fits in memory");
  expect_rejected_header(
      R"({"a":{"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,0]}})", 0,
      "expected a JSON integer");
}

TEST_F(SafetensorsTest, RejectsUnknownDtypesAndDoubleNames) {
  expect_rejected_header(R"({"a":{"dtype":"F9","shape":[1],"data_offsets":[0,4]}})", 4,
                         "expected one of the dtypes F32 F16 BF16");
  expect_rejected_header(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},
                             "a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})",
                         2, "found \"a\" twice");
}

TEST_F(SafetensorsTest, RefusesToWriteWhatItWouldNotRead) {
  const float value = 0;
  const auto write = [&](std::vector<SafetensorsTensor> tensors) {
    return [&, tensors] { write_safetensors(folder_ / "m.safetensors", tensors); };
  };
  EXPECT_THAT(write({{"a", DType::f32, {1}, &value}, {"a", DType::f32, {1}, &value}}),
              ThrowsMessage<Error>(HasSubstr("\"a\"")));
  EXPECT_THAT(write({{"__metadata__", DType::f32, {1}, &value}}),
              ThrowsMessage<Error>(HasSubstr("reserved")));
  EXPECT_THAT(write({{"a", DType::f32, {-1}, &value}}), ThrowsMessage<Error>(HasSubstr("[-1]")));
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(SafetensorsTest, AModelMayBeOneFileOrAFolder) {
  write_one("model.safetensors", "norm", 2.0f);
  EXPECT_EQ(first_float(SafetensorsModel(folder_.path()).at("norm")), 2.0f);
  EXPECT_EQ(first_float(SafetensorsModel(folder_ / "model.safetensors").at("norm")), 2.0f);
  EXPECT_THAT([&] { SafetensorsModel(folder_ / "elsewhere"); },
              ThrowsMessage<Error>(HasSubstr("expected model.safetensors or")));
}

TEST_F(SafetensorsTest, FindsTensorsAcrossShards) {
  write_one("x-1.safetensors", "first", 1.0f);
  write_one("x-2.safetensors", "second", 2.0f);
  write_one("x-3.safetensors", "third", 3.0f);
  write_file_atomically(folder_ / "model.safetensors.index.json",
                        R"({"weight_map":{"third":"x-3.safetensors","first":"x-1.safetensors",
                                          "second":"x-2.safetensors"}})");
  const SafetensorsModel model(folder_.path());
  EXPECT_THAT(model.names(), ElementsAre("first", "second", "third"));
  EXPECT_EQ(first_float(model.at("first")), 1.0f);
  EXPECT_EQ(first_float(model.at("second")), 2.0f);
  EXPECT_EQ(first_float(model.at("third")), 3.0f);
  EXPECT_EQ(model.find("fourth"), nullptr);
  EXPECT_THAT([&] { model.at("fourth"); },
              ThrowsMessage<Error>(AllOf(HasSubstr("\"fourth\""), HasSubstr(folder_.path()))));
}

TEST_F(SafetensorsTest, RejectsAnIndexThatPromisesTooMuch) {
  write_one("x-1.safetensors", "first", 1.0f);
  const auto rejects = [&](std::string_view index, const std::string& words) {
    write_file_atomically(folder_ / "model.safetensors.index.json", index);
    EXPECT_THAT([&] { SafetensorsModel(folder_.path()); },
                ThrowsMessage<Error>(AllOf(HasSubstr("index.json"), HasSubstr(words))));
  };
  rejects(R"({"weight_map":{"first":"x-2.safetensors"}})", "x-2.safetensors is missing");
  rejects(R"({"weight_map":{"second":"x-1.safetensors"}})", "\"second\" in x-1.safetensors");
  rejects(R"({"weight_map":{"first":"../x-1.safetensors"}})", "plain file name");
  rejects(R"({"weight_map":{"first":"x-1.safetensors","first":"x-1.safetensors"}})", "twice");
  rejects(R"({})", "\"weight_map\" is missing");
}

TEST_F(SafetensorsTest, OpensARealModel) {
  const std::filesystem::path folder = shared_data() / "models/stories260K";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no folder " << folder;
  const SafetensorsModel model(folder);
  EXPECT_EQ(model.at("model.embed_tokens.weight").shape, (std::vector<int64_t>{512, 64}));
  EXPECT_EQ(model.metadata().at("format"), "pt");
}

}  // namespace
}  // namespace tern

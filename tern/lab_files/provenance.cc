#include "tern/lab_files/provenance.h"

#include "tern/base/file.h"

namespace tern {
namespace fs = std::filesystem;

Json file_state(const fs::path& file) {
  if (!fs::is_regular_file(file)) return {};
  return Json::Object{
      {"bytes", static_cast<int64_t>(fs::file_size(file))},
      {"time", static_cast<int64_t>(fs::last_write_time(file).time_since_epoch().count())}};
}

Provenance::Provenance(fs::path file, Json inputs)
    : file_(std::move(file)), note_(file_.string() + ".from.json"), inputs_(std::move(inputs)) {}

Json Provenance::state() const {
  return Json::Object{{"inputs", inputs_}, {"file", file_state(file_)}};
}

bool Provenance::up_to_date() const {
  if (!fs::exists(file_) || !fs::exists(note_)) return false;
  // Compared as text, so a note that is damaged only means that the file is made again.
  return read_file(note_) == state().dump_pretty() + "\n";
}

void Provenance::note() const { write_file_atomically(note_, state().dump_pretty() + "\n"); }

bool Provenance::remove() const {
  fs::remove(note_);
  return fs::remove(file_);
}

}  // namespace tern

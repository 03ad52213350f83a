// What the attacks share. They know nothing of Tern but what anybody can read: the protocol between
// a run and its attendant, and where a lab keeps what.

#pragma once

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <string>
#include <vector>

namespace attack {

/// What a program is told, and could find out.
struct Place {
  std::string run;     // its folder, the only one that it may write
  std::string lab;     // the lab's
  std::string packed;  // an honest packed model, for those that alter one
  int harness = 0;     // process that started it

  Place(int argc, char** argv) {
    for (int i = 1; i + 1 < argc; i += 2) {
      const std::string flag = argv[i];
      if (flag == "--run-dir") run = argv[i + 1];
      if (flag == "--lab") lab = argv[i + 1];
      if (flag == "--packed") packed = argv[i + 1];
      if (flag == "--harness") harness = std::atoi(argv[i + 1]);
    }
  }
  std::string in_run(const std::string& name) const { return run + "/" + name; }
  std::string in_lab(const std::string& name) const { return lab + "/" + name; }
};

inline void note(const char* file, const std::string& line) {
  const int fd = ::open(file, O_WRONLY | O_CREAT | O_APPEND, 0644);
  const std::string text = line + "\n";
  if (::write(fd, text.data(), text.size()) < 0) std::perror(file);
  ::close(fd);
}

/// Something was got that is not to be had. The working directory is the run's folder.
inline void reached(const std::string& what) { note("reached", what); }

/// Something was refused, by this error.
inline void refused(const std::string& what) { note("refused", what); }

/// For a call that returns less than 0 when it fails.
inline bool attempt(const std::string& what, long result) {
  if (result >= 0) {
    reached(what);
  } else {
    refused(what + ": " + ::strerrorname_np(errno));
  }
  return result >= 0;
}

/// For a door that has to be shut, whatever the kernel calls it.
template <class... Arguments>
void attempt_call(const std::string& what, long number, Arguments... arguments) {
  attempt(what, ::syscall(number, arguments...));
}

inline void write_text(const std::string& path, const std::string& text) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (fd < 0 || ::write(fd, text.data(), text.size()) < 0) std::perror(path.c_str());
  ::close(fd);
}

inline std::string read_text(const std::string& path) {
  std::string text;
  char buffer[65536];
  const int fd = ::open(path.c_str(), O_RDONLY);
  for (ssize_t n; fd >= 0 && (n = ::read(fd, buffer, sizeof buffer)) > 0;) text.append(buffer, n);
  if (fd >= 0) ::close(fd);
  return text;
}

__attribute__((format(printf, 1, 2))) inline std::string text_of(const char* format, ...) {
  char text[4096];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return text;
}

/// Leaves the honest model as its own, with one text of a file in the place of another.
inline void leave_model(const Place& place, const std::string& in = "",
                        const std::string& old_text = "", const std::string& new_text = "") {
  ::mkdir("model", 0755);
  for (const std::string name : {"config.json", "tokenizer.json", "model.safetensors"}) {
    std::string text = read_text(place.packed + "/" + name);
    if (name == in) {
      const size_t at = text.find(old_text);
      if (at == std::string::npos) note("reached", "no " + old_text + " in " + name);
      if (at != std::string::npos) text.replace(at, old_text.size(), new_text);
    }
    write_text("model/" + name, text);
  }
}

/// A safetensors file: how long its header is, the header, and the numbers.
struct Tensors {
  std::string header, data;

  explicit Tensors(const std::string& path) {
    const std::string text = read_text(path);
    uint64_t size = 0;
    std::memcpy(&size, text.data(), sizeof size);
    header = text.substr(8, size);
    data = text.substr(8 + size);
  }
  void write(const std::string& path) const { write(path, header.size()); }
  void write(const std::string& path, uint64_t announced) const {
    write_text(path, std::string(reinterpret_cast<const char*>(&announced), 8) + header + data);
  }
};

// The channel to the attendant, which is standard input: two numbers of 64 bits, so many bytes of
// JSON, so many of data.

inline bool send_all(const void* from, size_t bytes) {
  const char* at = static_cast<const char*>(from);
  while (bytes > 0) {
    const ssize_t n = ::send(0, at, bytes, MSG_NOSIGNAL);
    if (n <= 0) return false;
    at += n, bytes -= static_cast<size_t>(n);
  }
  return true;
}

inline bool say(const std::string& body) {
  const uint64_t frame[2] = {body.size(), 0};
  return send_all(frame, sizeof frame) && send_all(body.data(), body.size());
}

struct Answer {
  bool came = false;
  std::string body, data;
  int file = -1;
  bool has(const char* word) const { return body.find(word) != std::string::npos; }
  int64_t number(const std::string& key) const {
    const size_t at = body.find("\"" + key + "\":");
    return at == std::string::npos ? 0 : std::atoll(body.c_str() + at + key.size() + 3);
  }
};

inline Answer hear() {
  Answer answer;
  uint64_t frame[2];
  iovec part = {frame, sizeof frame};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  if (::recvmsg(0, &message, MSG_WAITALL) != sizeof frame) return answer;
  if (const cmsghdr* sent = CMSG_FIRSTHDR(&message)) {
    std::memcpy(&answer.file, CMSG_DATA(sent), sizeof answer.file);
  }
  answer.body.resize(frame[0]);
  answer.data.resize(frame[1]);
  for (std::string* text : {&answer.body, &answer.data}) {
    size_t done = 0;
    while (done < text->size()) {
      const ssize_t n = ::recv(0, text->data() + done, text->size() - done, 0);
      if (n <= 0) return answer;
      done += static_cast<size_t>(n);
    }
  }
  answer.came = true;
  return answer;
}

inline Answer ask(const std::string& body) { return say(body) ? hear() : Answer{}; }

inline Answer begin() { return ask(R"({"ask": "begin", "version": 1})"); }

struct Windows {
  int use = 0;  // 0: to train on, 1: before that, 2: the one by which models are compared
  int64_t seed = 1, position = 0, B = 1, T = 16, step = 16;

  std::string text() const {
    return text_of(
        R"({"ask": "windows", "use": %d, "seed": %lld, "position": %lld, "B": %lld, "T": %lld, "step_tokens": %lld})",
        use, static_cast<long long>(seed), static_cast<long long>(position),
        static_cast<long long>(B), static_cast<long long>(T), static_cast<long long>(step));
  }
};

inline Answer memory() { return ask(R"({"ask": "memory", "compute": "f32"})"); }

constexpr const char* kNoQuantization =
    R"({"quant_method": "tern", "format_version": 2, "bits": 2, "group": "32"})";

/// A request to score what lies in the handed memory, with the loss of a model of zeros, which
/// finds all 300 tokens of the tiny vocabulary equally likely.
struct Evaluation {
  double own_loss = 5.703782474656201;
  int64_t seed = 1, T = 16, max_tokens = 0, step = 7;
  bool last = false;
  std::string quantization = kNoQuantization;

  std::string text() const {
    return text_of(
        R"({"ask": "evaluate", "step": %lld, "lambda": 1, "train_loss": null, "lr": 0, "seconds": 0, "q_neg1": 0, "q_zero": 1, "q_pos1": 0, "quantization": %s, "max_tokens": %lld, "last": %s, "resumed_step": 0, "seed": %lld, "T": %lld, "own_loss": %.12g})",
        static_cast<long long>(step), quantization.c_str(), static_cast<long long>(max_tokens),
        last ? "true" : "false", static_cast<long long>(seed), static_cast<long long>(T), own_loss);
  }
};

/// Reads an answer that should be an error: that is kept as refused, any other as reached.
inline void expect_error(const std::string& what, const Answer& answer) {
  if (!answer.came) {
    refused(what + ": the attendant has ended");
  } else if (answer.has("\"error\"")) {
    refused(what + ": " + answer.body);
  } else {
    reached(what + ": " + answer.body);
  }
}

}  // namespace attack

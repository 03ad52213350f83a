#include "tern/channel/channel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "tern/base/error.h"

namespace tern {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

class ChannelTest : public ::testing::Test {
 protected:
  static std::span<const std::byte> bytes_of(const std::string& text) {
    return std::as_bytes(std::span(text));
  }

  SocketPair sockets_ = make_socket_pair();
  std::unique_ptr<Channel> ours_ = std::make_unique<Channel>(sockets_.ours, 1 << 20, true);
  std::unique_ptr<Channel> theirs_ = std::make_unique<Channel>(sockets_.theirs, 8, false);
};

TEST_F(ChannelTest, AMessageArrivesWithItsData) {
  const std::string data(1 << 20, 'x');  // more than a socket holds at once
  std::thread sender([&] { theirs_->send(Json::Object{{"ask", "windows"}}, bytes_of(data)); });
  const std::optional<Message> message = ours_->receive();
  sender.join();
  ASSERT_TRUE(message);
  EXPECT_EQ(message->body.at("ask").as_string(), "windows");
  EXPECT_EQ(message->data, data);
  EXPECT_EQ(message->file, -1);
}

TEST_F(ChannelTest, AFileArrivesOpen) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  theirs_->send(Json::object(), {}, pipe[1]);
  const std::optional<Message> message = ours_->receive();
  ASSERT_TRUE(message && message->file >= 0);
  EXPECT_EQ(::write(message->file, "x", 1), 1);
  char read = 0;
  EXPECT_EQ(::read(pipe[0], &read, 1), 1);
  for (const int file : {pipe[0], pipe[1], message->file}) ::close(file);
}

TEST_F(ChannelTest, AnUnreadProgramSendsNoFilesAndNotMoreThanItMay) {
  ours_->send(Json::object(), {}, STDERR_FILENO);
  EXPECT_EQ(theirs_->receive()->file, -1);
  ours_->send(Json::object(), bytes_of("nine bytes"));
  EXPECT_THAT([&] { theirs_->receive(); },
              ThrowsMessage<Error>(HasSubstr("and 8 of data, found 2 and 10")));
}

TEST_F(ChannelTest, WhatIsNoMessageIsAnErrorAndNothingWorse) {
  const std::array<uint64_t, 2> frame = {4, 0};
  ::send(sockets_.ours, frame.data(), sizeof frame, 0);
  ::send(sockets_.ours, "{{{{", 4, 0);
  EXPECT_THROW(theirs_->receive(), Error);
  const std::array<uint64_t, 2> huge = {~uint64_t{0}, ~uint64_t{0}};
  ::send(sockets_.ours, huge.data(), sizeof huge, 0);
  EXPECT_THROW(theirs_->receive(), Error);
}

TEST_F(ChannelTest, TheEndOfTheOtherSideIsSeenAndSendingThenFails) {
  EXPECT_FALSE(theirs_->closed());
  ours_.reset();
  EXPECT_TRUE(theirs_->closed());
  EXPECT_FALSE(theirs_->receive());
  EXPECT_THROW(theirs_->send(Json::object()), Error);
}

}  // namespace
}  // namespace tern

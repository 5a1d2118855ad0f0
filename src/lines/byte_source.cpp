#include "lines/byte_source.hpp"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <new>

#include "upmem_des/util/error.hpp"
#include "util/regular_file.hpp"

namespace upmem_des {

namespace {

constexpr std::size_t packed_size = std::size_t{1} << 17;
constexpr int gzip_only = 16;  // added to zlib's window bits

bool is_gzip(const char* bytes) {
  return bytes[0] == '\x1f' && bytes[1] == '\x8b';
}

}  // namespace

ByteSource::ByteSource(std::string path, std::shared_ptr<FileContents> contents)
    : path_(std::move(path)), packed_(packed_size) {
  expect_regular_file(path_, "a trace file");
  file_ = std::fopen(path_.c_str(), "rb");
  if (file_ == nullptr) fail(std::string("cannot be read: ") + std::strerror(errno));
  std::setvbuf(file_, nullptr, _IONBF, 0);  // packed_ is the buffer
  if (contents) reading_.emplace(std::move(contents));
  try {
    refill();
    if (end_ >= 2 && is_gzip(packed_.data())) begin_member();
  } catch (...) {
    std::fclose(file_);
    throw;
  }
}

ByteSource::~ByteSource() {
  if (inflater_) ::inflateEnd(inflater_.get());
  std::fclose(file_);
}

std::size_t ByteSource::read(char* to, std::size_t room) {
  if (inflater_) return inflate_into(to, room);
  if (begin_ == end_) return read_file(to, room);
  const std::size_t count = std::min(room, end_ - begin_);
  std::memcpy(to, packed_.data() + begin_, count);
  begin_ += count;
  return count;
}

/// Moves the unused bytes to the front and reads more behind them.
void ByteSource::refill() {
  std::memmove(packed_.data(), packed_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  end_ += read_file(packed_.data() + end_, packed_.size() - end_);
}

std::size_t ByteSource::read_file(char* to, std::size_t room) {
  const std::size_t count = std::fread(to, 1, room, file_);
  if (std::ferror(file_) != 0) fail(std::string("cannot be read: ") + std::strerror(errno));
  if (reading_ && count > 0) reading_->see(to, count);
  if (reading_ && count == 0) reading_->see_end();
  return count;
}

void ByteSource::begin_member() {
  if (inflater_) {
    ::inflateReset(inflater_.get());
  } else {
    auto stream = std::make_unique<z_stream>();
    std::memset(stream.get(), 0, sizeof(z_stream));
    if (::inflateInit2(stream.get(), MAX_WBITS + gzip_only) != Z_OK) throw std::bad_alloc();
    inflater_ = std::move(stream);
  }
  in_member_ = true;
}

std::size_t ByteSource::inflate_into(char* to, std::size_t room) {
  z_stream& stream = *inflater_;
  const uInt wanted = static_cast<uInt>(std::min<std::size_t>(room, 1U << 30));
  stream.next_out = reinterpret_cast<Bytef*>(to);
  stream.avail_out = wanted;
  while (stream.avail_out == wanted) {
    if (end_ - begin_ < 2) refill();
    if (!in_member_) {
      if (begin_ == end_) return 0;
      if (end_ - begin_ < 2 || !is_gzip(packed_.data() + begin_))
        fail("corrupt gzip data (other bytes after its end); expected nothing more");
      begin_member();
    }
    if (begin_ == end_) fail("truncated gzip data; expected the rest of the file");
    stream.next_in = reinterpret_cast<Bytef*>(packed_.data() + begin_);
    stream.avail_in = static_cast<uInt>(end_ - begin_);
    const int result = ::inflate(&stream, Z_NO_FLUSH);
    begin_ = end_ - stream.avail_in;
    if (result == Z_STREAM_END)
      in_member_ = false;
    else if (result != Z_OK)
      fail(std::string("corrupt gzip data (") + (stream.msg != nullptr ? stream.msg : ::zError(result)) +
           "); expected a whole gzip file");
  }
  return wanted - stream.avail_out;
}

void ByteSource::fail(const std::string& problem) const {
  throw InputError({path_}, problem);
}

}  // namespace upmem_des

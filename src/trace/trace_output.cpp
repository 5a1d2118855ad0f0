#include "trace/trace_output.hpp"

#include <zlib.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "upmem_des/util/error.hpp"

namespace upmem_des {

namespace {

constexpr std::size_t packed_size = std::size_t{1} << 16;
constexpr int gzip_format = 16;  // added to zlib's window bits
constexpr int memory_level = 9;  // of 9: faster, for 128 KiB more

bool ends_in_gz(const std::string& path) {
  return path.size() >= 3 && path.compare(path.size() - 3, std::string::npos, ".gz") == 0;
}

[[noreturn]] void fail_standard_output() {
  throw InputError({"standard output"}, std::string("cannot be written: ") + std::strerror(errno));
}

}  // namespace

TraceOutput::TraceOutput(const std::string& path) {
  if (path == "-") return;
  file_ = std::make_unique<OutputFile>(path);
  if (!ends_in_gz(path)) return;
  auto stream = std::make_unique<z_stream>();
  std::memset(stream.get(), 0, sizeof(z_stream));
  if (::deflateInit2(stream.get(), Z_DEFAULT_COMPRESSION, Z_DEFLATED, MAX_WBITS + gzip_format, memory_level,
                     Z_DEFAULT_STRATEGY) != Z_OK)
    throw InputError({path}, "no memory to pack gzip data");
  deflater_ = std::move(stream);
  packed_.resize(packed_size);
}

TraceOutput::~TraceOutput() {
  if (deflater_) ::deflateEnd(deflater_.get());
}

void TraceOutput::write(std::string_view text) {
  if (deflater_)
    deflate(text, false);
  else if (file_)
    file_->write(text);
  else if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size())
    fail_standard_output();
}

void TraceOutput::finish() {
  if (deflater_) deflate({}, true);
  if (file_)
    file_->commit();
  else if (std::fflush(stdout) != 0)
    fail_standard_output();
}

/// `text` is at most a few MiB: it comes from the writer's buffer.
void TraceOutput::deflate(std::string_view text, bool last) {
  z_stream& stream = *deflater_;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));  // zlib only reads it
  stream.avail_in = static_cast<uInt>(text.size());
  do {
    stream.next_out = reinterpret_cast<Bytef*>(packed_.data());
    stream.avail_out = static_cast<uInt>(packed_.size());
    ::deflate(&stream, last ? Z_FINISH : Z_NO_FLUSH);
    file_->write({packed_.data(), packed_.size() - stream.avail_out});
  } while (stream.avail_out == 0);
}

}  // namespace upmem_des

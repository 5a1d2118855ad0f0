#include "util/digest.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <new>
#include <vector>

#include "upmem_des/util/error.hpp"

namespace upmem_des {

namespace {

constexpr std::size_t chunk_bytes = std::size_t{1} << 18U;

/// Lowest byte first, whatever the machine's order.
std::array<unsigned char, 8> bytes_of(std::uint64_t value) {
  std::array<unsigned char, 8> bytes{};
  for (unsigned char& byte : bytes) {
    byte = static_cast<unsigned char>(value & 0xffU);
    value >>= 8U;
  }
  return bytes;
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

void Digest::Free::operator()(XXH3_state_s* state) const {
  XXH3_freeState(state);
}

Digest::Digest() : state_(XXH3_createState()) {
  if (!state_) throw std::bad_alloc();
  XXH3_128bits_reset(state_.get());
}

Digest::~Digest() = default;

void Digest::add_text(std::string_view text) {
  add_count(text.size());
  XXH3_128bits_update(state_.get(), text.data(), text.size());
}

void Digest::add_bytes(const char* bytes, std::size_t count) {
  XXH3_128bits_update(state_.get(), bytes, count);
}

void Digest::add_number(double value) {
  std::uint64_t bits = 0;
  static_assert(sizeof bits == sizeof value);
  std::memcpy(&bits, &value, sizeof bits);
  add_count(bits);
}

void Digest::add_count(std::uint64_t value) {
  const auto bytes = bytes_of(value);
  XXH3_128bits_update(state_.get(), bytes.data(), bytes.size());
}

std::string Digest::hex() const {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state_.get()));
  std::string text;
  for (const unsigned char byte : canonical.digest) text += fmt::format("{:02x}", byte);
  return text;
}

std::string file_digest(const std::string& path) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rb"));
  if (!file) throw InputError({path}, "cannot be read");
  std::vector<char> chunk(chunk_bytes);
  Digest contents;
  while (const std::size_t count = std::fread(chunk.data(), 1, chunk.size(), file.get()))
    contents.add_bytes(chunk.data(), count);
  if (std::ferror(file.get()) != 0) throw InputError({path}, "cannot be read");
  return contents.hex();
}

}  // namespace upmem_des

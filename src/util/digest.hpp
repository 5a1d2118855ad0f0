/// One number for many inputs. Its source is the only one that knows xxHash.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct XXH3_state_s;

namespace upmem_des {

/// The 128-bit XXH3 digest of values that are added one after another: the same on every machine. Each value is added
/// so that no other sequence of values gives the same bytes. Against accidents, not against forgers.
class Digest {
 public:
  Digest();
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;
  ~Digest();

  void add_text(std::string_view text);
  /// Bytes as they are, without their number: of a file that is read in pieces.
  void add_bytes(const char* bytes, std::size_t count);
  void add_number(double value);
  void add_count(std::uint64_t value);

  /// 32 hexadecimal digits of what has been added so far.
  std::string hex() const;

 private:
  struct Free {
    void operator()(XXH3_state_s* state) const;
  };
  std::unique_ptr<XXH3_state_s, Free> state_;
};

/// The digest of a file's contents, which is what xxh128sum prints. Throws InputError where it cannot be read.
std::string file_digest(const std::string& path);

}  // namespace upmem_des

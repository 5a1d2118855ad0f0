/// One number for many inputs. Internal to the room: its source is the only one that knows xxHash.
#pragma once

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
  void add_number(double value);
  void add_count(std::uint64_t value);
  /// The contents of a file by their own digest, which is what xxh128sum prints; not its name. Throws InputError where
  /// it cannot be read.
  void add_file(const std::string& path);

  /// 32 hexadecimal digits.
  std::string hex() const;

 private:
  struct Free {
    void operator()(XXH3_state_s* state) const;
  };
  std::unique_ptr<XXH3_state_s, Free> state_;
};

}  // namespace upmem_des

/// The archive that a TorchScript file is. Internal to the room.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace upmem_des::profiler {

/// A zip file, as torch.jit.save() writes it. Libtorch believes what an archive says of itself: checksums it leaves
/// out, sizes it allocates. So this looks first.
class ZipArchive {
 public:
  struct Record {
    std::string name;
    std::uint64_t header = 0;  ///< where in the file it begins, with its name and sizes once more
    std::uint64_t begin = 0;   ///< its bytes
    std::uint64_t stored = 0;  ///< how many these are
    std::uint64_t size = 0;    ///< how many they unpack to
    bool compressed = false;   ///< code is, weights are not
    std::uint32_t checksum = 0;
  };

  /// Reads the directory at the file's end, and each record's header. Throws std::runtime_error (what is wrong, without
  /// the file's name) when they contradict each other or the file.
  explicit ZipArchive(const std::string& path);

  const std::vector<Record>& records() const { return records_; }
  /// Whether there is a record of that name in a folder, whatever the folder's name is.
  bool has(std::string_view name) const;
  /// The first `most` bytes of that record, or all of it; empty where there is none, or it is compressed.
  std::string start_of(std::string_view name, std::size_t most);
  /// Throws std::runtime_error where the bytes of a record are not those that were stored.
  void check_bytes();

 private:
  class Fields;

  const Record* find(std::string_view name) const;
  std::vector<unsigned char> read(std::uint64_t at, std::uint64_t count, const char* what);
  void read_directory();
  void read_entry(const Fields& entry, std::size_t& at);
  void check_header(Record& record);
  void check_order();
  std::uint32_t checksum_of(const Record& record);
  std::uint32_t checksum_unpacked(const Record& record);

  std::ifstream file_;
  std::uint64_t bytes_ = 0;
  std::uint64_t directory_ = 0;  ///< where it begins
  std::vector<Record> records_;
};

}  // namespace upmem_des::profiler

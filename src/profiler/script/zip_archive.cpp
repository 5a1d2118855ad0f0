#include "profiler/script/zip_archive.hpp"

#include <zlib.h>

#include <algorithm>
#include <memory>
#include <new>
#include <set>
#include <stdexcept>
#include <utility>

namespace upmem_des::profiler {

namespace {

constexpr std::uint32_t local_header = 0x04034B50;
constexpr std::uint32_t directory_entry = 0x02014B50;
constexpr std::uint32_t directory_end = 0x06054B50;
constexpr std::uint32_t wide_locator = 0x07064B50;
constexpr std::uint32_t wide_end = 0x06064B50;

constexpr std::size_t local_size = 30;
constexpr std::size_t entry_size = 46;
constexpr std::size_t end_size = 22;
constexpr std::size_t locator_size = 20;
constexpr std::size_t wide_end_size = 56;
constexpr std::size_t longest_comment = 0xFFFF;
constexpr std::size_t piece_size = std::size_t{1} << 20U;
constexpr std::uint64_t most_unpacked = std::uint64_t{1} << 30U;
constexpr std::uint32_t elsewhere = 0xFFFFFFFF;  ///< in a field of 32 bits: see the wide ones

[[noreturn]] void fail(const std::string& problem) {
  throw std::runtime_error(problem);
}

[[noreturn]] void fail_record(const ZipArchive::Record& record, const std::string& problem) {
  fail("damaged: record '" + record.name + "' " + problem);
}

}  // namespace

/// Numbers, least byte first.
class ZipArchive::Fields {
 public:
  explicit Fields(std::vector<unsigned char> bytes) : bytes_(std::move(bytes)) {}

  std::size_t size() const { return bytes_.size(); }
  std::uint32_t two(std::size_t at) const { return static_cast<std::uint32_t>(number(at, 2)); }
  std::uint32_t four(std::size_t at) const { return static_cast<std::uint32_t>(number(at, 4)); }
  std::uint64_t eight(std::size_t at) const { return number(at, 8); }
  std::string text(std::size_t at, std::size_t count) const {
    check(at, count);
    return {reinterpret_cast<const char*>(bytes_.data()) + at, count};
  }
  bool has(std::size_t at, std::size_t count) const { return at <= size() && count <= size() - at; }

 private:
  void check(std::size_t at, std::size_t count) const {
    if (!has(at, count)) fail("damaged: its directory ends too early");
  }
  std::uint64_t number(std::size_t at, std::size_t count) const {
    check(at, count);
    std::uint64_t value = 0;
    for (std::size_t i = count; i-- > 0;) value = value << 8U | bytes_[at + i];
    return value;
  }

  std::vector<unsigned char> bytes_;
};

ZipArchive::ZipArchive(const std::string& path) : file_(path, std::ios::binary | std::ios::ate) {
  if (!file_) fail("cannot be read");
  bytes_ = static_cast<std::uint64_t>(file_.tellg());
  read_directory();
  for (Record& record : records_) check_header(record);
  check_order();
}

const ZipArchive::Record* ZipArchive::find(std::string_view name) const {
  const auto found = std::find_if(records_.begin(), records_.end(), [name](const Record& record) {
    const std::size_t slash = record.name.find('/');
    return slash != std::string::npos && std::string_view(record.name).substr(slash + 1) == name;
  });
  return found == records_.end() ? nullptr : &*found;
}

bool ZipArchive::has(std::string_view name) const {
  return find(name) != nullptr;
}

std::string ZipArchive::start_of(std::string_view name, std::size_t most) {
  const Record* const record = find(name);
  if (record == nullptr || record->compressed) return {};
  const auto bytes = read(record->begin, std::min<std::uint64_t>(most, record->stored), "a record");
  return {bytes.begin(), bytes.end()};
}

std::vector<unsigned char> ZipArchive::read(std::uint64_t at, std::uint64_t count, const char* what) {
  if (at > bytes_ || count > bytes_ - at) fail(std::string("damaged: ") + what + " lies beyond its end");
  std::vector<unsigned char> bytes(count);
  file_.clear();
  file_.seekg(static_cast<std::streamoff>(at));
  file_.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(count));
  if (file_.gcount() != static_cast<std::streamsize>(count)) fail("cannot be read");
  return bytes;
}

void ZipArchive::read_directory() {
  const std::uint64_t tail_size = std::min<std::uint64_t>(bytes_, end_size + longest_comment);
  const Fields tail(read(bytes_ - tail_size, tail_size, "its directory"));
  std::size_t end = tail.size();
  for (std::size_t at = tail.size() + 1; end == tail.size() && at-- > end_size;)
    if (tail.four(at - end_size) == directory_end) end = at - end_size;
  if (end == tail.size()) fail("truncated or damaged");

  std::uint64_t count = tail.two(end + 10);
  std::uint64_t size = tail.four(end + 12);
  directory_ = tail.four(end + 16);
  const std::uint64_t end_in_file = bytes_ - tail_size + end;
  std::uint64_t behind = end_in_file;
  if (end_in_file >= locator_size) {
    const Fields locator(read(end_in_file - locator_size, locator_size, "its directory"));
    if (locator.four(0) == wide_locator) {
      behind = locator.eight(8);
      const Fields wide(read(behind, wide_end_size, "its directory"));
      if (wide.four(0) != wide_end) fail("damaged: its directory has no end");
      count = wide.eight(32);
      size = wide.eight(40);
      directory_ = wide.eight(48);
    }
  }
  if (directory_ > behind || size > behind - directory_) fail("damaged: its directory lies beyond its end");
  if (count > size / entry_size) fail("damaged: its directory ends too early");
  const Fields entries(read(directory_, size, "its directory"));
  std::size_t at = 0;
  for (std::uint64_t i = 0; i < count; ++i) read_entry(entries, at);
}

void ZipArchive::read_entry(const Fields& entry, std::size_t& at) {
  if (entry.four(at) != directory_entry) fail("damaged: its directory has an entry that is none");
  Record record;
  const std::size_t name_size = entry.two(at + 28);
  const std::size_t extra_size = entry.two(at + 30);
  record.name = entry.text(at + entry_size, name_size);
  record.checksum = entry.four(at + 16);
  record.stored = entry.four(at + 20);
  record.size = entry.four(at + 24);
  record.header = entry.four(at + 42);
  // Numbers that do not fit stand in a field behind the name, in this order.
  for (std::size_t field = at + entry_size + name_size, end = field + extra_size; field + 4 <= end;) {
    const std::size_t length = entry.two(field + 2);
    std::size_t number = field + 4;
    if (entry.two(field) == 1)
      for (std::uint64_t* value : {&record.size, &record.stored, &record.header})
        if (*value == elsewhere && number + 8 <= field + 4 + length) {
          *value = entry.eight(number);
          number += 8;
        }
    field += 4 + length;
  }
  if ((entry.two(at + 8) & 1U) != 0) fail_record(record, "is encrypted");
  const std::uint32_t method = entry.two(at + 10);
  if (method != 0 && method != Z_DEFLATED) fail_record(record, "is packed in an unknown way");
  record.compressed = method == Z_DEFLATED;
  if (!record.compressed && record.stored != record.size) fail_record(record, "has two sizes");
  at += entry_size + name_size + extra_size + entry.two(at + 32);
  records_.push_back(std::move(record));
}

/// Its own header must say what the directory says.
void ZipArchive::check_header(Record& record) {
  const Fields header(read(record.header, local_size, "a record"));
  if (header.four(0) != local_header) fail_record(record, "is not where the directory says");
  if ((header.two(8) == Z_DEFLATED) != record.compressed) fail_record(record, "is and is not compressed");
  const std::size_t name_size = header.two(26);
  const Fields name(read(record.header + local_size, name_size, "a record"));
  if (name.text(0, name_size) != record.name) fail_record(record, "has two names");
  record.begin = record.header + local_size + name_size + header.two(28);
  if (record.begin > directory_ || record.stored > directory_ - record.begin)
    fail_record(record, "reaches beyond the records");
}

void ZipArchive::check_order() {
  std::vector<const Record*> in_order;
  std::set<std::string_view> names;
  for (const Record& record : records_) {
    in_order.push_back(&record);
    if (!names.insert(record.name).second) fail_record(record, "is there twice");
  }
  std::sort(in_order.begin(), in_order.end(), [](const Record* a, const Record* b) { return a->header < b->header; });
  for (std::size_t i = 1; i < in_order.size(); ++i)
    if (in_order[i - 1]->begin + in_order[i - 1]->stored > in_order[i]->header)
      fail_record(*in_order[i], "overlaps record '" + in_order[i - 1]->name + "'");
}

void ZipArchive::check_bytes() {
  std::uint64_t unpacked = 0;
  for (const Record& record : records_)
    if (record.compressed) {
      if (record.size > most_unpacked - unpacked) fail("its compressed records unpack to more than 1 GiB");
      unpacked += record.size;
    }
  for (const Record& record : records_)
    if ((record.compressed ? checksum_unpacked(record) : checksum_of(record)) != record.checksum)
      fail_record(record, "has bytes that were not stored: their checksum differs");
}

std::uint32_t ZipArchive::checksum_of(const Record& record) {
  uLong checksum = ::crc32(0, nullptr, 0);
  for (std::uint64_t done = 0; done < record.stored;) {
    const auto bytes = read(record.begin + done, std::min<std::uint64_t>(piece_size, record.stored - done), "a record");
    checksum = ::crc32(checksum, bytes.data(), static_cast<uInt>(bytes.size()));
    done += bytes.size();
  }
  return static_cast<std::uint32_t>(checksum);
}

std::uint32_t ZipArchive::checksum_unpacked(const Record& record) {
  z_stream stream{};
  if (::inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
  const std::unique_ptr<z_stream, int (*)(z_stream*)> ended(&stream, ::inflateEnd);
  std::vector<unsigned char> unpacked(piece_size);
  uLong checksum = ::crc32(0, nullptr, 0);
  std::uint64_t size = 0;
  int status = Z_OK;
  for (std::uint64_t done = 0; done < record.stored && status == Z_OK;) {
    auto bytes = read(record.begin + done, std::min<std::uint64_t>(piece_size, record.stored - done), "a record");
    done += bytes.size();
    stream.next_in = bytes.data();
    stream.avail_in = static_cast<uInt>(bytes.size());
    do {
      stream.next_out = unpacked.data();
      stream.avail_out = static_cast<uInt>(unpacked.size());
      status = ::inflate(&stream, Z_NO_FLUSH);
      if (status == Z_BUF_ERROR) status = Z_OK;  // it only has nothing more to give
      const std::size_t count = unpacked.size() - stream.avail_out;
      checksum = ::crc32(checksum, unpacked.data(), static_cast<uInt>(count));
      size += count;
    } while (status == Z_OK && stream.avail_out == 0 && size <= record.size);
  }
  if (status != Z_STREAM_END || size != record.size) fail_record(record, "does not unpack to what was stored");
  return static_cast<std::uint32_t>(checksum);
}

}  // namespace upmem_des::profiler

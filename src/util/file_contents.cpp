#include "util/file_contents.hpp"

#include <algorithm>

#include "upmem_des/util/error.hpp"

namespace upmem_des {

void fail_changed(const std::string& path) {
  throw InputError({path},
                   "its contents have changed since they were checked; expected a file that stays as it is until the "
                   "run ends");
}

void FileContents::expect_same() const {
  if (!whole_) return;
  std::string now;
  try {
    now = file_digest(path_);
  } catch (const InputError&) {
    return;
  }
  if (now != digest()) fail_changed(path_);
}

void FileContents::add(Mark mark, bool at_end) {
  const auto place = std::lower_bound(marks_.begin(), marks_.end(), mark.offset,
                                      [](const Mark& known, std::uint64_t offset) { return known.offset < offset; });
  if (at_end) whole_ = true;
  if (place == marks_.end() || place->offset != mark.offset) marks_.insert(place, std::move(mark));
}

ContentsReading::~ContentsReading() {
  if (good_ && offset_ > 0) contents_->add({offset_, digest_.hex()}, false);
}

void ContentsReading::see(const char* bytes, std::size_t count) {
  // Marks that were added while this reads begin behind what it has seen, or stand where it has been compared.
  const std::vector<FileContents::Mark>& marks = contents_->marks_;
  while (next_mark_ < marks.size() && marks[next_mark_].offset <= offset_ + count) {
    const FileContents::Mark& mark = marks[next_mark_++];
    if (mark.offset <= offset_) continue;
    const auto part = static_cast<std::size_t>(mark.offset - offset_);
    digest_.add_bytes(bytes, part);
    bytes += part;
    count -= part;
    offset_ = mark.offset;
    good_ = digest_.hex() == mark.digest;
    if (!good_) fail_changed(contents_->path());
  }
  good_ = count == 0 || !contents_->whole_ || offset_ < marks.back().offset;
  if (!good_) fail_changed(contents_->path());
  digest_.add_bytes(bytes, count);
  offset_ += count;
}

void ContentsReading::see_end() {
  good_ = !contents_->whole_ || contents_->marks_.back().offset == offset_;
  // A mark behind the end: the file has become shorter.
  good_ = good_ && (contents_->marks_.empty() || contents_->marks_.back().offset <= offset_);
  if (!good_) fail_changed(contents_->path());
  contents_->add({offset_, digest_.hex()}, true);
}

}  // namespace upmem_des

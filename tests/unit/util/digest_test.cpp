/// Digests against those of the xxHash project's own program.
#include "util/digest.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "support/temporary_folder.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

std::string digest_of(std::initializer_list<std::string_view> texts) {
  Digest digest;
  for (const std::string_view text : texts) digest.add_text(text);
  return digest.hex();
}

}  // namespace

TEST(DigestTest, OfNothing) {
  EXPECT_EQ(Digest().hex(), "99aa06d3014798d86001c324468d497f");  // xxh128sum < /dev/null
}

TEST(DigestTest, ATextFollowsItsLength) {
  // printf '\x03\0\0\0\0\0\0\0abc' | xxh128sum
  EXPECT_EQ(digest_of({"abc"}), "45bcdc88efffd44520b986a5e7fe1438");
  EXPECT_NE(digest_of({"ab", "c"}), digest_of({"a", "bc"}));
  EXPECT_NE(digest_of({"", "ab"}), digest_of({"ab", ""}));
}

TEST(DigestTest, NumbersAreEightBytesLowestFirst) {
  // python3 -c 'import struct, sys; sys.stdout.buffer.write(struct.pack("<dQ", 0.5, 7))' | xxh128sum
  Digest digest;
  digest.add_number(0.5);
  digest.add_count(7);
  EXPECT_EQ(digest.hex(), "7a0691bbf31aaf2a015d77dce075e652");
}

TEST(DigestTest, NumbersOneBitApartDiffer) {
  Digest tenth, next;
  tenth.add_number(0.1);
  next.add_number(0.10000000000000002);
  EXPECT_NE(tenth.hex(), next.hex());
}

TEST(DigestTest, AFileIsTheDigestOfItsContents) {
  const TemporaryFolder folder;
  // printf '\x20\0\0\0\0\0\0\0%s' $(printf 'hello\n' | xxh128sum | cut -c1-32) | xxh128sum
  EXPECT_EQ(digest_of({file_digest(folder.write("a", "hello\n"))}), "60ccd635daf29926db001a7021d3bb39");
  EXPECT_EQ(digest_of({file_digest(folder.write("b", "hello\n"))}), "60ccd635daf29926db001a7021d3bb39");
  std::string large(1'000'000, 'x');
  const std::string before = file_digest(folder.write("large", large));
  Digest pieces;
  for (std::size_t at = 0; at < large.size(); at += 333'333)
    pieces.add_bytes(large.data() + at, std::min<std::size_t>(333'333, large.size() - at));
  EXPECT_EQ(pieces.hex(), before);
  large[999'999] = 'y';
  EXPECT_NE(file_digest(folder.write("large", large)), before);
}

TEST(DigestTest, AFileThatCannotBeReadIsAnError) {
  const TemporaryFolder folder;
  for (const std::string& path : {folder.path("none"), folder.str()})
    EXPECT_EQ(input_error([&] { file_digest(path); }), path + ": cannot be read");
}

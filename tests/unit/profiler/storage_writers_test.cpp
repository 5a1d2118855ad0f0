#include "profiler/storage_writers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace upmem_des::profiler;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

const StorageWriters::Seqs& reads_of(StorageWriters& writers, const at::Tensor& tensor) {
  writers.begin();
  writers.read(tensor);
  return writers.reads();
}

}  // namespace

TEST(StorageWriters, ViewsAreTheirTensors) {
  StorageWriters writers;
  const at::Tensor x = at::ones({2, 4});
  EXPECT_THAT(reads_of(writers, x), IsEmpty());
  writers.write(x, 3);
  EXPECT_THAT(reads_of(writers, x.view({8}).unsqueeze(0).slice(1, 2)), ElementsAre(3));
  writers.write(x.select(0, 1), 5);  // in place
  EXPECT_THAT(reads_of(writers, x), ElementsAre(5));
}

TEST(StorageWriters, ListsAndTuples) {
  StorageWriters writers;
  const at::Tensor a = at::ones({2});
  const at::Tensor b = at::ones({2});
  const at::Tensor c = at::ones({2});
  writers.write(c10::IValue(std::make_tuple(a, std::make_tuple(b, std::int64_t{1}))), 7);
  writers.write(c, 2);
  writers.begin();
  writers.read(c10::IValue(std::vector<at::Tensor>{b, c, a, a}));
  EXPECT_THAT(writers.reads(), ElementsAre(2, 7));
}

/// A storage at the address of one that is gone has no writer.
TEST(StorageWriters, StoragesThatAreGone) {
  StorageWriters writers;
  for (std::int64_t i = 0; i < 20'000; ++i) {
    const at::Tensor x = at::empty({16});
    ASSERT_THAT(reads_of(writers, x), IsEmpty()) << i;
    writers.write(x, i);
  }
  const at::Tensor kept = at::empty({16});
  writers.write(kept, 5);
  for (std::int64_t i = 0; i < 20'000; ++i) writers.write(at::empty({16}), 9);
  EXPECT_THAT(reads_of(writers, kept), ElementsAre(5));
}

TEST(StorageWriters, PassingOn) {
  StorageWriters writers;
  const at::Tensor x = at::ones({2});
  const at::Tensor y = at::ones({2});
  writers.write(x, 4);
  writers.begin();
  writers.read(x);
  writers.pass_on(y);
  EXPECT_THAT(reads_of(writers, y), ElementsAre(4));
}

/// What has been looked at is waited for by all, with what was looked at before and does not come before it.
TEST(StorageWriters, NumbersThatAreLookedAt) {
  StorageWriters writers;
  const at::Tensor x = at::ones({2});
  const at::Tensor y = at::ones({2});
  const at::Tensor z = at::ones({2});
  writers.write(x, 4);
  writers.write(y, 2);
  writers.write(z, 6);
  const auto look_at = [&writers](const at::Tensor& tensor) {
    writers.begin();
    writers.read(tensor);
    writers.wait_for_reads();
  };
  look_at(x);
  EXPECT_THAT(reads_of(writers, at::ones({1})), ElementsAre(4));
  look_at(y);
  EXPECT_THAT(reads_of(writers, at::ones({1})), ElementsAre(2, 4));
  look_at(z);
  EXPECT_THAT(reads_of(writers, at::ones({1})), ElementsAre(6));
  look_at(at::ones({1}));
  EXPECT_THAT(reads_of(writers, at::ones({1})), ElementsAre(6));
}

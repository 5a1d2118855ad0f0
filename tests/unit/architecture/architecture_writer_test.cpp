/// What is written reads back.
#include "architecture/architecture_writer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "architecture/architecture_reader.hpp"
#include "support/temporary_folder.hpp"
#include "upmem_des/architecture/catalogue.hpp"

using namespace upmem_des;
using upmem_des::test::TemporaryFolder;

TEST(ArchitectureWriter, EveryShippedProfileReadsBack) {
  const TemporaryFolder folder;
  std::size_t fitted = 0;
  const Catalogue catalogue = Catalogue::builtin();
  for (const Architecture& profile : catalogue.all()) {
    const std::string text = architecture_yaml(profile);
    const std::vector<Architecture> read = read_architectures(folder.write("a.yaml", text));
    ASSERT_EQ(1U, read.size());
    EXPECT_EQ(text, architecture_yaml(read.front()));
    EXPECT_EQ(profile.name, read.front().name);
    EXPECT_EQ(profile.basis, read.front().basis);
    EXPECT_EQ(profile.note, read.front().note);
    EXPECT_NEAR(profile.memory.bandwidth_Bps, read.front().memory.bandwidth_Bps, 1e-8 * profile.memory.bandwidth_Bps);
    for (const NumberFormat format : number_formats())
      EXPECT_NEAR(profile.peak_flops_per_s(format), read.front().peak_flops_per_s(format),
                  1e-8 * profile.peak_flops_per_s(format));
    ASSERT_EQ(profile.efficiency.fitted.size(), read.front().efficiency.fitted.size()) << profile.name;
    for (const FittedForm& one : profile.efficiency.fitted) {
      const auto& all = read.front().efficiency.fitted;
      const auto same = std::find_if(all.begin(), all.end(), [&](const FittedForm& other) {
        return other.form == one.form && other.format == one.format;
      });
      ASSERT_NE(all.end(), same) << profile.name << one.title();
      for (std::size_t i = 0; i < one.values.size(); ++i)
        EXPECT_NEAR(one.values[i], same->values[i], 1e-8 * std::abs(one.values[i])) << profile.name << one.title();
      ++fitted;
    }
  }
  EXPECT_GT(fitted, 50U);
}

TEST(ArchitectureWriter, NotesReadBackAsTheyWere) {
  const TemporaryFolder folder;
  Architecture profile = Catalogue::builtin().all().front();
  for (const std::string note :
       {"plain", "a: b # c", "1.5", "true", "\"quoted\", 'so'", "two\nlines ", "{a}", "\x1b[1m"}) {
    profile.note = note;
    const std::string text = architecture_yaml(profile);
    EXPECT_EQ(note, read_architectures(folder.write("a.yaml", text)).at(0).note) << text;
  }
}

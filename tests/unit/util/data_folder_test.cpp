#include "upmem_des/util/data_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "support/temporary_folder.hpp"

namespace fs = std::filesystem;
using namespace upmem_des;
using namespace upmem_des::test;

namespace {

/// Makes the folder the data folder. Each test is a process of its own, so nothing has to be put back.
void use_as_data(const std::string& folder) {
  ::setenv("UPMEM_DES_DATA", folder.c_str(), 1);
}

}  // namespace

TEST(DataFolderTest, IsTheOneOfTheEnvironment) {
  const TemporaryFolder folder;
  folder.make_folder("architectures");
  use_as_data(folder.str());
  EXPECT_EQ(data_folder(), folder.str());
}

TEST(DataFolderTest, AWrongOneInTheEnvironmentIsAnError) {
  const TemporaryFolder folder;
  use_as_data(folder.str());
  EXPECT_EQ(input_error([] { data_folder(); }), "UPMEM_DES_DATA: " + folder.str() + " has no folder 'architectures'");
  folder.write("architectures", "a file, not a folder");
  EXPECT_EQ(input_error([] { data_folder(); }), "UPMEM_DES_DATA: " + folder.str() + " has no folder 'architectures'");
  EXPECT_EQ(input_error([] { data_files("architectures", ".yaml"); }),
            "UPMEM_DES_DATA: " + folder.str() + " has no folder 'architectures'");
}

TEST(DataFolderTest, WithoutTheEnvironmentOneWithArchitecturesIsFound) {
  ::unsetenv("UPMEM_DES_DATA");
  EXPECT_TRUE(fs::is_directory(data_folder() + "/architectures"));
  use_as_data("");
  EXPECT_TRUE(fs::is_directory(data_folder() + "/architectures")) << "an empty variable counts as none";
}

TEST(DataFolderTest, FilesAreSortedAndHaveTheEnding) {
  const TemporaryFolder folder;
  use_as_data(folder.str());
  for (const char* name : {"b.yaml", "a.yaml", "a.schema.json", "c.yaml.bak", ".yaml", "yaml"})
    folder.write(std::string("architectures/") + name, "");
  EXPECT_THAT(data_files("architectures", ".yaml"),
              testing::ElementsAre(folder.path("architectures/a.yaml"), folder.path("architectures/b.yaml")));
  EXPECT_THAT(data_files("platforms", ".yaml"), testing::IsEmpty());
}

TEST(DataFolderTest, FilesBelowAFolderButForSomeOfItsFolders) {
  const TemporaryFolder folder;
  use_as_data(folder.str());
  folder.make_folder("architectures");
  for (const char* name : {"b.yaml", "sub/a.yaml", "sub/deep/c.yaml", "a.json", "without/d.yaml"})
    folder.write(std::string("scenarios/") + name, "");
  EXPECT_THAT(data_files_below("scenarios", ".yaml", "without"),
              testing::ElementsAre("b.yaml", "sub/a.yaml", "sub/deep/c.yaml"));
  EXPECT_THAT(data_files_below("none", ".yaml", ""), testing::IsEmpty());
}

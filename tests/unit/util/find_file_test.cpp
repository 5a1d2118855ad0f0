#include "upmem_des/util/find_file.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "support/temporary_folder.hpp"

namespace fs = std::filesystem;
using namespace upmem_des;
using namespace upmem_des::test;

namespace {

/// A data folder, and a folder beside which files are named. Each test is a process of its own, so the environment
/// and the working folder need not be put back.
class FindFileTest : public testing::Test {
 protected:
  FindFileTest() {
    ::setenv("UPMEM_DES_DATA", data.str().c_str(), 1);
    data.make_folder("architectures");
    fs::current_path(beside.str());
  }

  std::string found(const std::string& path, FileKind kind = FileKind::other) const {
    return find_data_file(path, beside.str(), kind);
  }

  std::string similar(const std::string& path, FileKind kind = FileKind::other) const {
    return similar_data_file(path, beside.str(), kind);
  }

  TemporaryFolder data;
  TemporaryFolder beside;
};

}  // namespace

TEST_F(FindFileTest, RelativePathsAreSoughtBesideThenInTheData) {
  data.write("scenarios/models/m.json", "");
  data.write("models/m.json", "");
  data.write("models/n.json", "");
  EXPECT_EQ(found("models/m.json"), data.path("scenarios/models/m.json"));
  EXPECT_EQ(found("models/n.json"), data.path("models/n.json"));
  EXPECT_EQ(found("models/none.json"), beside.path("models/none.json"));
  beside.write("models/m.json", "");
  EXPECT_EQ(found("models/m.json"), beside.path("models/m.json"));
  EXPECT_EQ(found("./models/../models/m.json"), beside.path("models/m.json"));
  EXPECT_EQ(found(data.path("none.json")), data.path("none.json")) << "absolute paths stay";
}

TEST_F(FindFileTest, EachKindHasItsFoldersAndAnEndingThatMayBeLeftOut) {
  data.write("scenarios/serving/one.yaml", "");
  data.write("scenarios/models/one.json", "");
  data.write("platforms/one.yaml", "");
  for (const char* path : {"serving/one", "serving/one.yaml", "scenarios/serving/one", "scenarios/serving/one.yaml"})
    EXPECT_EQ(found(path, FileKind::scenario), data.path("scenarios/serving/one.yaml")) << path;
  for (const char* path : {"one", "one.json", "models/one", "models/one.json", "scenarios/models/one.json"})
    EXPECT_EQ(found(path, FileKind::model), data.path("scenarios/models/one.json")) << path;
  for (const char* path : {"one", "one.yaml", "platforms/one", "platforms/one.yaml"})
    EXPECT_EQ(found(path, FileKind::platform), data.path("platforms/one.yaml")) << path;
  EXPECT_EQ(found("scenarios/serving/one"), beside.path("scenarios/serving/one")) << "no ending is left out";
}

TEST_F(FindFileTest, WhatIsSpeltSoComesBeforeWhatLacksItsEnding) {
  data.write("scenarios/x", "");
  beside.write("x.yaml", "");
  EXPECT_EQ(found("x", FileKind::scenario), data.path("scenarios/x"));
  fs::remove(data.path("scenarios/x"));
  EXPECT_EQ(found("x", FileKind::scenario), beside.path("x.yaml"));
}

TEST_F(FindFileTest, AbsolutePathsMayLackTheirEndingToo) {
  beside.write("m.json", "");
  EXPECT_EQ(found(beside.path("m"), FileKind::model), beside.path("m.json"));
}

TEST_F(FindFileTest, AFolderOfTheDataIsOnlyAModel) {
  data.write("scenarios/serving/one.yaml", "");
  data.write("scenarios/models/tiny/config.json", "");
  EXPECT_EQ(found("serving", FileKind::scenario), beside.path("serving"));
  EXPECT_EQ(found("tiny", FileKind::model), data.path("scenarios/models/tiny"));
  beside.make_folder("serving");
  data.write("scenarios/serving.yaml", "");
  EXPECT_EQ(found("serving", FileKind::scenario), beside.path("serving")) << "a reader's own is what was meant";
}

TEST_F(FindFileTest, OnACommandLineWhatIsThereStaysAsItIsSpelt) {
  beside.write("a.yaml", "");
  data.write("scenarios/b.yaml", "");
  EXPECT_EQ(find_named_file("-", FileKind::scenario), "-");
  EXPECT_EQ(find_named_file("./a.yaml", FileKind::scenario), "./a.yaml");
  EXPECT_EQ(find_named_file("a", FileKind::scenario), "a.yaml");
  EXPECT_EQ(find_named_file("b", FileKind::scenario), data.path("scenarios/b.yaml"));
}

TEST_F(FindFileTest, MisspeltNamesAreAnErrorThatNamesTheNearest) {
  data.write("scenarios/serving/one_gpu.yaml", "");
  data.write("scenarios/sweeps/rates.yaml", "");
  data.write("scenarios/models/llama-2-7b.json", "");
  data.write("platforms/pim_server.yaml", "");
  beside.write("small.yaml", "");
  const auto problem = [](const char* path, FileKind kind) {
    return input_error([&] { find_named_file(path, kind); });
  };
  EXPECT_EQ(problem("smal", FileKind::scenario), "smal: no such file; did you mean 'small.yaml'?");
  EXPECT_EQ(problem("one_gpu", FileKind::scenario), "one_gpu: no such file; did you mean 'serving/one_gpu'?");
  EXPECT_EQ(problem("rates", FileKind::scenario), "rates: no such file") << "a sweep is no scenario";
  EXPECT_EQ(problem("lama-2-7b", FileKind::model), "lama-2-7b: no such file; did you mean 'llama-2-7b'?");
  EXPECT_EQ(problem("lama-2-7b.json", FileKind::model),
            "lama-2-7b.json: no such file; did you mean 'llama-2-7b.json'?");
  EXPECT_EQ(problem("pim_servr", FileKind::platform), "pim_servr: no such file; did you mean 'pim_server'?");
  data.write("platforms/phone.yaml", "");
  EXPECT_EQ(problem("none.yaml", FileKind::platform), "none.yaml: no such file") << "two changes of four letters";
  EXPECT_EQ(problem("nothing_alike", FileKind::model), "nothing_alike: no such file");
}

TEST_F(FindFileTest, PathsInFilesGetTheNearestOfTheFirstPlaceThatHasOne) {
  data.write("scenarios/models/llama-2-7b.json", "");
  EXPECT_EQ(similar("models/lama-2-7b.json", FileKind::model), "; did you mean 'llama-2-7b.json'?");
  EXPECT_EQ(similar("models/lama-2-7b.json"), "; did you mean 'llama-2-7b.json'?");
  beside.write("models/lama-2-8b.json", "");
  EXPECT_EQ(similar("models/lama-2-7b.json"), "; did you mean 'lama-2-8b.json'?");
  EXPECT_EQ(similar("models/nothing.json"), "");
}

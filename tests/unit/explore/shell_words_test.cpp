#include "explore/shell_words.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>

using namespace upmem_des;

namespace {

/// What a shell makes of a command: its words, each between brackets.
std::string words_in_shell(const std::vector<std::string>& words) {
  std::vector<std::string> command{"printf", "[%s]"};
  command.insert(command.end(), words.begin(), words.end());
  std::FILE* const shell = ::popen(shell_command(command).c_str(), "r");
  std::array<char, 4096> text{};
  const std::size_t size = std::fread(text.data(), 1, text.size(), shell);
  ::pclose(shell);
  return {text.data(), size};
}

}  // namespace

TEST(ShellWordsTest, PlainWordsStandAsTheyAre) {
  EXPECT_EQ(shell_command({"upmem-des", "run", "scenarios/a.yaml", "--set", "workload.batch=8"}),
            "upmem-des run scenarios/a.yaml --set workload.batch=8");
}

TEST(ShellWordsTest, OthersAreQuoted) {
  EXPECT_EQ(shell_command({"--set", "mapping={}"}), "--set 'mapping={}'");
  EXPECT_EQ(shell_command({"it's"}), "'it'\\''s'");
  EXPECT_EQ(shell_command({""}), "''");
}

TEST(ShellWordsTest, AShellReadsTheSameWords) {
  EXPECT_EQ(
      words_in_shell({"a b", "$HOME", "`id`", "x;y", "*", "it's", "\"q\"", "", "a\nb", "~", "\\", "{a,b}", "#c", "µ"}),
      "[a b][$HOME][`id`][x;y][*][it's][\"q\"][][a\nb][~][\\][{a,b}][#c][µ]");
}

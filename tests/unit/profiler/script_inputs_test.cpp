/// Inputs of all kinds, and those that contradict what forward() takes.
#include "profiler/script/script_inputs.hpp"

#include <gtest/gtest.h>

#include "profiler/script/script_file.hpp"
#include "support/temporary_folder.hpp"
#include "unit/profiler/script_networks.hpp"

using namespace upmem_des;
using namespace upmem_des::profiler;
using namespace upmem_des::test;

namespace {

const std::string schema =
    "forward(named: Dict[str, Tensor], pair: __torch__.Scaling, several: List[Tensor], counts: Tuple[int, bool, str], "
    "by_number: "
    "Dict[int, Optional[Tensor]], either: Union[Tensor, int], anything: Any) -> Tensor";

const std::vector<std::string> right{"{x=2x4}",  "(2x4,float:0.5)", "[2x4,2x4]", "(int:3,bool:true,str:thrice)",
                                     "{3=none}", "int:7",           "none"};

std::vector<std::string> with(std::size_t place, const std::string& input) {
  std::vector<std::string> inputs = right;
  inputs[place] = input;
  return inputs;
}

/// Without the file and the schema.
std::string problem(std::size_t place, const std::string& input) {
  const std::string text = input_error([&] { profiled("kinds", with(place, input)); });
  const std::string file = network_file("kinds") + ": ";
  const std::string end = ": " + schema;
  EXPECT_EQ(text.substr(0, file.size()), file);
  if (text.size() <= file.size() + end.size()) return text;
  EXPECT_EQ(text.substr(text.size() - end.size()), end);
  return text.substr(file.size(), text.size() - end.size() - file.size());
}

std::vector<std::string> functions(const std::vector<std::string>& inputs) {
  std::vector<std::string> names;
  for (const LayerEvent& event : profiled("kinds", inputs).events) names.push_back(event.type.str());
  return names;
}

}  // namespace

TEST(ScriptInputs, AllKinds) {
  const Profiled all = profiled("kinds", right);
  EXPECT_EQ(all.header.batch, 2);
  EXPECT_EQ(functions(right), (std::vector<std::string>{"mul", "add", "add", "add", "add", "relu", "mul"}));
  EXPECT_EQ(functions(with(4, "{3=2x4,4=none}")),
            (std::vector<std::string>{"mul", "add", "add", "add", "mul", "add", "relu", "mul"}));
  EXPECT_EQ(functions(with(5, "2x4")), (std::vector<std::string>{"mul", "add", "add", "add", "relu", "mul"}));
  EXPECT_EQ(functions(with(2, "[]")), (std::vector<std::string>{"mul", "add", "add", "relu", "mul"}));
  EXPECT_EQ(functions(with(3, "(int:0,bool:false,str:)")),
            (std::vector<std::string>{"mul", "add", "add", "add", "add", "mul"}));
  // A whole number is a float, too, as in Python; anything may be anything.
  EXPECT_EQ(functions(with(1, "(2x4,int:2)")), functions(right));
  for (const char* input : {"2x4", "int:3", "float:0.5", "bool:true", "str:x", "[none,1]", "(1,[2])", "{a=1,b={}}"})
    EXPECT_EQ(functions(with(6, input)), functions(right)) << input;
}

TEST(ScriptInputs, OptionalTensorsAndNumbers) {
  EXPECT_EQ(lines(profiled("arguments", {"2x4", "none", "int:3"}).events),
            lines(profiled("arguments", {"2x4"}).events));
  EXPECT_EQ(profiled("arguments", {"2x4", "2x4", "int:3"}).events.size(),
            profiled("arguments", {"2x4", "2x4"}).events.size());
}

TEST(ScriptInputs, WhatContradictsForward) {
  EXPECT_EQ(problem(0, "2x4"), "input 1, 'named': '2x4', a tensor; expected Dict[str, Tensor], as {NAME=INPUT,…}");
  EXPECT_EQ(problem(0, "{x=int:3}"), "input 1, 'named': key x: 'int:3', a whole number; expected Tensor");
  EXPECT_EQ(problem(1, "(2x4)"), "input 2, 'pair': '(2x4)', a tuple; expected __torch__.Scaling, as (INPUT,…)");
  EXPECT_EQ(problem(1, "[2x4,float:1]"),
            "input 2, 'pair': '[2x4,float:1]', a list; expected __torch__.Scaling, as (INPUT,…)");
  EXPECT_EQ(problem(1, "(2x4,2x4)"), "input 2, 'pair': item 2: '2x4', a tensor; expected float, as float:0.5");
  EXPECT_EQ(problem(2, "(2x4,2x4)"), "input 3, 'several': '(2x4,2x4)', a tuple; expected List[Tensor], as [INPUT,…]");
  EXPECT_EQ(problem(2, "[2x4,[2x4]]"), "input 3, 'several': item 2: '[2x4]', a list; expected Tensor");
  EXPECT_EQ(problem(3, "(float:3,bool:true,str:x)"),
            "input 4, 'counts': item 1: 'float:3', a number; expected int, as int:3");
  EXPECT_EQ(problem(3, "(int:3,int:1,str:x)"),
            "input 4, 'counts': item 2: 'int:1', a whole number; expected bool, as bool:true");
  EXPECT_EQ(problem(3, "(int:3,bool:true,bool:true)"),
            "input 4, 'counts': item 3: 'bool:true', a truth value; expected str, as str:text");
  EXPECT_EQ(problem(4, "{three=none}"), "input 5, 'by_number': the key three; expected keys of the type int");
  EXPECT_EQ(problem(4, "{3={}}"), "input 5, 'by_number': key 3: '{}', a dictionary; expected Tensor");
  EXPECT_EQ(problem(4, "none"),
            "input 5, 'by_number': 'none', no value; expected Dict[int, Optional[Tensor]], as "
            "{NAME=INPUT,…}");
  EXPECT_EQ(problem(5, "str:text"), "input 6, 'either': 'str:text', a text; expected Union[Tensor, int]");
}

TEST(ScriptInputs, LongOnesAreCutInMessages) {
  std::string list = "[1";
  for (int i = 0; i < 100; ++i) list += ",1";
  EXPECT_EQ(problem(0, list + "]"),
            "input 1, 'named': '" + list.substr(0, 60) + "…', a list; expected Dict[str, Tensor], as {NAME=INPUT,…}");
}

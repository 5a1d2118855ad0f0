#include "report/csv_report.hpp"

#include <gtest/gtest.h>

#include "sample_result.hpp"

using namespace upmem_des;

namespace {

const std::string header =
    "phase,kind,type,name,count,time_s,time_share,host_to_device_s,device_to_host_s,compute_s,mem_transfer_s,"
    "kv_load_s,energy_J,host_to_device_J,device_to_host_J,main_mem_J,compute_J,host_to_device_bytes,"
    "device_to_host_bytes,flop,memory_bytes,device_to_device_s,device_to_device_J,device_to_device_bytes\n";

/// One line with that name.
std::string line_of(const std::string& name) {
  SimulationResult result = sample_result();
  result.event_classes.resize(1);
  result.event_classes[0].name = Name(name);
  return result_csv(result).substr(header.size());
}

}  // namespace

TEST(CsvReportTest, Whole) {
  EXPECT_EQ(result_csv(sample_result()),
            header +
                "prefill,function,softmax,\"attn, \"\"weights\"\"\",1,0.5,0.25,0,0,0.25,0,0.25,1,0,0,0,1,0,0,1000000,"
                "2000000,0,0,0\n"
                "prefill,layer,Linear,q_proj,4,1.5,0.75,0.1,0.2,1.25,0.5,0,16,1,2,4,9,2000000000,3000000000,"
                "1000000000000,5000000000,0,0,0\n"
                "decode,layer,Linear,q_proj,5,3,0.5,0.1,0.2,1.25,0.5,0,16,1,2,4,9,2000000000,3000000000,1000000000000,"
                "5000000000,0,0,0\n");
}

TEST(CsvReportTest, WhatMovesBetweenDevicesStandsLast) {
  EXPECT_EQ(result_csv(machine_result()),
            header + "decode,layer,Linear,q_proj,3,4,0.8,0,0,0,0,0,0.25,0,0,0,0,0,0,0,0,0.5,0.25,500000000\n");
}

TEST(CsvReportTest, AnEmptyResultIsAHeader) {
  EXPECT_EQ(result_csv(SimulationResult()), header);
}

TEST(CsvReportTest, Quoting) {
  EXPECT_EQ(line_of("plain name").substr(0, 37), "prefill,function,softmax,plain name,1");
  EXPECT_EQ(line_of("a,b").substr(0, 32), "prefill,function,softmax,\"a,b\",1");
  EXPECT_EQ(line_of("a\"b").substr(0, 33), "prefill,function,softmax,\"a\"\"b\",1");
  EXPECT_EQ(line_of("a\nb").substr(0, 35), "prefill,function,softmax,a\\u000ab,1");
  EXPECT_EQ(line_of("a\rb").substr(0, 35), "prefill,function,softmax,a\\u000db,1");
  EXPECT_EQ(line_of("=1+1").substr(0, 33), "prefill,function,softmax,'=1+1,1,");
  EXPECT_EQ(line_of("").substr(0, 27), "prefill,function,softmax,,1");
}

TEST(CsvReportTest, WithoutTimeTheShareIsZero) {
  SimulationResult result = sample_result();
  for (PhaseResult& phase : result.phases) phase.time_s = 0;
  const std::string text = result_csv(result);
  EXPECT_EQ(text.find("nan"), std::string::npos);
  EXPECT_EQ(text.find("inf"), std::string::npos);
}

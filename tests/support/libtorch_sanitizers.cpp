// What sanitizers are told of tests that run libtorch. Without sanitizers nobody asks.

// One test wants more memory than there is: that is to be an error of libtorch, not of the sanitizer.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() {
  return "allocator_may_return_null=1";
}

// libtorch forgets what it has read of a file that is no archive.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libtorch_cpu\n";
}

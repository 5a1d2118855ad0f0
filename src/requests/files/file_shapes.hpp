/// The requests of a file, whenever they arrive. Internal to the room.
#pragma once

#include "requests/files/request_file.hpp"
#include "requests/shapes.hpp"

namespace upmem_des {

/// Prompt and output of a row belong together. They end with the file.
class FileShapes : public RequestShapes {
 public:
  explicit FileShapes(const RequestFileSection& section) : file_(section) {}

  bool has_next() const override { return file_.peek() != nullptr; }
  void next(Request& request) override {
    request = *file_.peek();
    file_.advance();
  }

 private:
  RequestFile file_;
};

}  // namespace upmem_des

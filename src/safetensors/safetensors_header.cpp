#include "safetensors/safetensors_header.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "json/json_events.hpp"
#include "upmem_des/util/error.hpp"
#include "util/shortened.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

constexpr std::int64_t length_bytes = 8;
constexpr std::int64_t max_header_bytes = 100'000'000;  // the format's own bound
constexpr std::size_t max_rank = 16;
constexpr std::size_t shown_name = 200;

/// Every dtype of the format and the bytes of its numbers.
const std::array<std::pair<const char*, std::int64_t>, 15> dtypes{{{"F64", 8},
                                                                   {"F32", 4},
                                                                   {"F16", 2},
                                                                   {"BF16", 2},
                                                                   {"F8_E4M3", 1},
                                                                   {"F8_E5M2", 1},
                                                                   {"I64", 8},
                                                                   {"I32", 4},
                                                                   {"I16", 2},
                                                                   {"I8", 1},
                                                                   {"U64", 8},
                                                                   {"U32", 4},
                                                                   {"U16", 2},
                                                                   {"U8", 1},
                                                                   {"BOOL", 1}}};

std::string in_quotes(const std::string& name) {
  return "'" + shortened(name, shown_name) + "'";
}

/// Takes the tensors from the JSON events; nothing is kept of what is not asked for, so that a hostile header costs no
/// more memory than its own length.
class HeaderReader : public JsonEvents {
 public:
  HeaderReader(const std::string& file, std::vector<StoredTensor>& tensors) : file_(file), tensors_(tensors) {}

  void value(const JsonScalar& scalar, int /*line*/) override {
    const bool in_list = depth_ == 3 && in_tensor_ && (field_ == "shape" || field_ == "data_offsets");
    if (in_list && scalar.kind == JsonKind::Integer && scalar.integer >= 0) {
      add_to_list(scalar.integer);
    } else if (depth_ == 2 && in_tensor_ && field_ == "dtype" && scalar.kind == JsonKind::Text) {
      has_dtype_ = true;
      tensors_.back().dtype = scalar.text;
    } else {
      other(scalar);
    }
  }

  void key(std::string_view name, int /*line*/) override {
    if (depth_ == 1) {
      name_ = name;
      if (!names_.insert(name_).second) fail("given twice; expected each tensor once");
    }
    if (depth_ != 2) return;
    field_ = name;
    const bool is_again =
        (field_ == "dtype" && has_dtype_) || (field_ == "shape" && shape_) || (field_ == "data_offsets" && offsets_);
    if (in_tensor_ && is_again) fail(field_ + ": given twice; expected it once");
  }

  void begin(JsonKind kind, int /*line*/) override {
    const bool is_field = depth_ == 2 && in_tensor_ && kind == JsonKind::List;
    if (is_field && field_ == "shape")
      shape_.emplace();
    else if (is_field && field_ == "data_offsets")
      offsets_.emplace();
    else if (depth_ == 1 && kind == JsonKind::Object)
      open_tensor();
    else if (depth_ > 0)
      other(kind == JsonKind::List ? "a list" : "an object");
    ++depth_;
  }

  void end() override {
    if (--depth_ == 1) close_tensor();
  }

 private:
  [[noreturn]] void fail(const std::string& problem) const {
    throw InputError({file_}, "tensor " + in_quotes(name_), problem);
  }

  /// A value that is not one of those that are read as what they are. Most are in none of the places that matter.
  void other(const JsonScalar& scalar) {
    if (in_tensor_ || depth_ == 1) other(shown(scalar));
  }

  void other(const std::string& shown) {
    if (depth_ == 1 && name_ != "__metadata__") fail(shown + "; expected an object of dtype, shape and data_offsets");
    if (!in_tensor_) return;
    if (depth_ == 2 && field_ == "dtype") fail("dtype: " + shown + "; expected a text");
    if ((depth_ == 2 || depth_ == 3) && field_ == "shape")
      fail("shape: " + shown + (depth_ == 2 ? "; expected a list of sizes" : "; expected whole numbers of 0 or more"));
    if ((depth_ == 2 || depth_ == 3) && field_ == "data_offsets")
      fail("data_offsets: " + shown +
           (depth_ == 2 ? "; expected a list of two bytes" : "; expected whole numbers of 0 or more"));
  }

  void add_to_list(std::int64_t number) {
    std::vector<std::int64_t>& list = field_ == "shape" ? *shape_ : *offsets_;
    if (list.size() == max_rank) fail(field_ + ": more than " + std::to_string(max_rank) + " numbers; expected fewer");
    list.push_back(number);
  }

  void open_tensor() {
    in_tensor_ = name_ != "__metadata__";
    has_dtype_ = false;
    shape_.reset();
    offsets_.reset();
    if (!in_tensor_) return;
    tensors_.emplace_back();
    tensors_.back().name = name_;
  }

  void close_tensor() {
    if (!in_tensor_) return;
    in_tensor_ = false;
    if (!has_dtype_) fail("dtype: missing; expected a text");
    if (!shape_) fail("shape: missing; expected a list of sizes");
    if (!offsets_) fail("data_offsets: missing; expected a list of two bytes");
    if (offsets_->size() != 2) fail("data_offsets: " + std::to_string(offsets_->size()) + " numbers; expected two");
    tensors_.back().shape = *shape_;
    tensors_.back().begin = offsets_->front();
    tensors_.back().end = offsets_->back();
  }

  const std::string& file_;
  std::vector<StoredTensor>& tensors_;
  std::set<std::string> names_;
  int depth_ = 0;
  std::string name_;
  std::string field_;
  bool in_tensor_ = false;
  bool has_dtype_ = false;
  std::optional<std::vector<std::int64_t>> shape_;
  std::optional<std::vector<std::int64_t>> offsets_;
};

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string text = "[";
  for (const std::int64_t size : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(size);
  return text + "]";
}

std::int64_t number_bytes(const StoredTensor& tensor, const std::string& file) {
  std::vector<std::string> names;
  for (const auto& [name, bytes] : dtypes) {
    if (tensor.dtype == name) return bytes;
    names.emplace_back(name);
  }
  throw InputError({file}, "tensor " + in_quotes(tensor.name),
                   "dtype: unknown " + in_quotes(tensor.dtype) + "; expected one of " + listed(names, names.size()));
}

/// Data of the right length that lies in the file; offsets become the file's.
void check_data(StoredTensor& tensor, std::int64_t data_begin, std::int64_t file_bytes, const std::string& file) {
  const auto fail = [&](const std::string& problem) {
    throw InputError({file}, "tensor " + in_quotes(tensor.name), problem);
  };
  std::int64_t bytes = number_bytes(tensor, file);
  const bool empty = std::find(tensor.shape.begin(), tensor.shape.end(), 0) != tensor.shape.end();
  if (empty) bytes = 0;
  for (const std::int64_t size : tensor.shape) {
    if (!empty && bytes > std::numeric_limits<std::int64_t>::max() / size)
      fail("shape: " + shape_text(tensor.shape) + " is more than 2^63 bytes; expected a shape that fits the data");
    if (!empty) bytes *= size;
  }
  const std::string offsets = "[" + std::to_string(tensor.begin) + ", " + std::to_string(tensor.end) + "]";
  if (tensor.end < tensor.begin) fail("data_offsets: " + offsets + "; expected the end not before the beginning");
  if (tensor.end > file_bytes - data_begin)
    fail("data_offsets: " + offsets + " reach beyond the " + std::to_string(file_bytes - data_begin) +
         " bytes of data; is the file cut short?");
  if (tensor.end - tensor.begin != bytes)
    fail("data_offsets: " + offsets + " are " + std::to_string(tensor.end - tensor.begin) + " bytes; expected the " +
         std::to_string(bytes) + " of " + shape_text(tensor.shape) + " in " + tensor.dtype);
  tensor.begin += data_begin;
  tensor.end += data_begin;
}

void check_overlaps(const std::vector<StoredTensor>& tensors, const std::string& file) {
  std::vector<const StoredTensor*> by_begin;
  for (const StoredTensor& tensor : tensors)
    if (tensor.end > tensor.begin) by_begin.push_back(&tensor);
  std::sort(by_begin.begin(), by_begin.end(),
            [](const StoredTensor* a, const StoredTensor* b) { return a->begin < b->begin; });
  for (std::size_t i = 1; i < by_begin.size(); ++i)
    if (by_begin[i]->begin < by_begin[i - 1]->end)
      throw InputError({file}, "tensor " + in_quotes(by_begin[i]->name),
                       "its data overlaps that of " + in_quotes(by_begin[i - 1]->name) + "; expected data of its own");
}

}  // namespace

std::int64_t bytes_of(StoredType type) {
  return type == StoredType::F64 ? 8 : type == StoredType::F32 ? 4 : 2;
}

StoredType StoredTensor::type(const std::string& file) const {
  if (dtype == "F64") return StoredType::F64;
  if (dtype == "F32") return StoredType::F32;
  if (dtype == "F16") return StoredType::F16;
  if (dtype == "BF16") return StoredType::BF16;
  throw InputError({file}, "tensor " + in_quotes(name),
                   "dtype: '" + dtype + "' is not supported; expected F32, F16, BF16 or F64");
}

std::vector<StoredTensor> read_safetensors_header(std::istream& input, std::int64_t file_bytes,
                                                  const std::string& file) {
  std::array<unsigned char, length_bytes> length{};
  input.read(reinterpret_cast<char*>(length.data()), length_bytes);
  if (input.gcount() != length_bytes)
    throw InputError({file}, std::to_string(file_bytes) + " bytes are no safetensors file; expected a header");
  std::uint64_t header_bytes = 0;
  for (std::size_t i = length.size(); i-- > 0;) header_bytes = header_bytes << 8U | length[i];
  if (header_bytes > static_cast<std::uint64_t>(max_header_bytes))
    throw InputError({file}, "a header of " + std::to_string(header_bytes) +
                                 " bytes is no safetensors file's; expected at most 100 MB");
  const auto data_begin = length_bytes + static_cast<std::int64_t>(header_bytes);
  // No memory for what the file cannot hold.
  std::string text(data_begin > file_bytes ? 0 : header_bytes, '\0');
  input.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (data_begin > file_bytes || input.gcount() != static_cast<std::streamsize>(text.size()))
    throw InputError({file}, "the header of " + std::to_string(header_bytes) + " bytes reaches beyond the file's " +
                                 std::to_string(file_bytes) + "; is the file cut short?");
  if (text.empty() || text.front() != '{')
    throw InputError({file}, "the header does not begin with '{'; expected a safetensors file");

  std::vector<StoredTensor> tensors;
  HeaderReader reader(file, tensors);
  read_json({text, file, "a header that is a table of tensors", no_lines}, reader);
  for (StoredTensor& tensor : tensors) check_data(tensor, data_begin, file_bytes, file);
  check_overlaps(tensors, file);
  return tensors;
}

}  // namespace upmem_des

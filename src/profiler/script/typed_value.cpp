#include "profiler/script/typed_value.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "profiler/script/script_inputs.hpp"

namespace upmem_des::profiler {

namespace {

using Kind = InputValue::Kind;

const char* kind_text(Kind kind) {
  switch (kind) {
    case Kind::Tensor:
      return "a tensor";
    case Kind::None:
      return "no value";
    case Kind::Integer:
      return "a whole number";
    case Kind::Real:
      return "a number";
    case Kind::Truth:
      return "a truth value";
    case Kind::Text:
      return "a text";
    case Kind::List:
      return "a list";
    case Kind::Tuple:
      return "a tuple";
    case Kind::Dictionary:
      return "a dictionary";
  }
  return "";
}

/// How an input of a type is written, as an aside.
std::string example(const c10::Type& type) {
  switch (type.kind()) {
    case c10::TypeKind::IntType:
      return ", as int:3";
    case c10::TypeKind::FloatType:
      return ", as float:0.5";
    case c10::TypeKind::NumberType:
      return ", as int:3 or float:0.5";
    case c10::TypeKind::BoolType:
      return ", as bool:true";
    case c10::TypeKind::StringType:
      return ", as str:text";
    case c10::TypeKind::ListType:
      return ", as [INPUT,…]";
    case c10::TypeKind::TupleType:
      return ", as (INPUT,…)";
    case c10::TypeKind::DictType:
      return ", as {NAME=INPUT,…}";
    case c10::TypeKind::NoneType:
      return ", as none";
    case c10::TypeKind::ClassType:
    case c10::TypeKind::InterfaceType:
    case c10::TypeKind::EnumType:
    case c10::TypeKind::DeviceObjType:
      return ", which no input can be";
    default:
      return "";
  }
}

std::string cut_to_fit(const std::string& text) {
  constexpr std::size_t most = 60;
  return text.size() <= most ? text : text.substr(0, most) + "…";
}

[[noreturn]] void fail(const InputValue& input, const c10::Type& type) {
  throw WrongType("'" + cut_to_fit(to_string(input)) + "', " + kind_text(input.kind) + "; expected " +
                  type.annotation_str() + example(type));
}

/// `make()`, whose errors say where in a list, tuple or dictionary they are.
template <typename Make>
c10::IValue within(const std::string& place, const Make& make) {
  try {
    return make();
  } catch (const WrongType& error) {
    throw WrongType(place + ": " + error.what());
  }
}

c10::IValue item_of(const InputValue& input, std::size_t i, const c10::TypePtr& type) {
  return within("item " + std::to_string(i + 1), [&] { return typed_value(input.items[i], type); });
}

c10::IValue list_of(const InputValue& input, const c10::TypePtr& element) {
  c10::impl::GenericList list(element);
  for (std::size_t i = 0; i < input.items.size(); ++i) list.push_back(item_of(input, i, element));
  return list;
}

c10::IValue tuple_of(const InputValue& input, const c10::TupleTypePtr& type) {
  const auto elements = type->elements();
  if (input.items.size() != elements.size()) fail(input, *type);
  std::vector<c10::IValue> items;
  for (std::size_t i = 0; i < elements.size(); ++i) items.push_back(item_of(input, i, elements[i]));
  if (type->schema() != nullptr) return c10::ivalue::Tuple::createNamed(std::move(items), type);
  return c10::ivalue::Tuple::create(std::move(items));
}

c10::IValue key_of(const InputValue::Key& key, const c10::Type& type) {
  if (type.kind() == c10::TypeKind::IntType && key.is_number) return key.number;
  if (type.kind() == c10::TypeKind::StringType) return key.is_number ? std::to_string(key.number) : key.text;
  throw WrongType("the key " + to_string(key) + "; expected keys of the type " + type.annotation_str());
}

c10::IValue dictionary_of(const InputValue& input, const c10::TypePtr& key, const c10::TypePtr& value) {
  c10::impl::GenericDict dictionary(key, value);
  for (std::size_t i = 0; i < input.items.size(); ++i)
    dictionary.insert(key_of(input.keys[i], *key),
                      within("key " + to_string(input.keys[i]), [&] { return typed_value(input.items[i], value); }));
  return dictionary;
}

/// What the input itself is.
c10::IValue untyped_value(const InputValue& input) {
  const c10::TypePtr any = c10::AnyType::get();
  std::vector<c10::IValue> items;
  switch (input.kind) {
    case Kind::Tensor:
      return make_input(input.tensor);
    case Kind::None:
      return {};
    case Kind::Integer:
      return input.integer;
    case Kind::Real:
      return input.real;
    case Kind::Truth:
      return input.truth;
    case Kind::Text:
      return input.text;
    case Kind::List:
      return list_of(input, any);
    case Kind::Tuple:
      for (std::size_t i = 0; i < input.items.size(); ++i) items.push_back(item_of(input, i, any));
      return c10::ivalue::Tuple::create(std::move(items));
    case Kind::Dictionary:
      return dictionary_of(input, c10::StringType::get(), any);
  }
  return {};
}

/// The first of a union's types that takes it.
c10::IValue union_value(const InputValue& input, const c10::UnionTypePtr& type) {
  for (const c10::TypePtr& contained : type->containedTypes()) try {
      return typed_value(input, contained);
    } catch (const WrongType&) {
      continue;
    }
  fail(input, *type);
}

}  // namespace

c10::IValue typed_value(const InputValue& input, const c10::TypePtr& type) {
  const bool whole = input.kind == Kind::Integer;
  switch (type->kind()) {
    case c10::TypeKind::AnyType:
      return untyped_value(input);
    case c10::TypeKind::OptionalType:
      if (input.kind == Kind::None) return {};
      return typed_value(input, type->expectRef<c10::OptionalType>().getElementType());
    case c10::TypeKind::UnionType:
      return union_value(input, type->expect<c10::UnionType>());
    case c10::TypeKind::TensorType:
      if (input.kind == Kind::Tensor) return make_input(input.tensor);
      break;
    case c10::TypeKind::NoneType:
      if (input.kind == Kind::None) return {};
      break;
    case c10::TypeKind::IntType:
      if (whole) return input.integer;
      break;
    case c10::TypeKind::FloatType:
      if (whole) return static_cast<double>(input.integer);
      if (input.kind == Kind::Real) return input.real;
      break;
    case c10::TypeKind::NumberType:
      if (whole || input.kind == Kind::Real || input.kind == Kind::Truth) return untyped_value(input);
      break;
    case c10::TypeKind::BoolType:
      if (input.kind == Kind::Truth) return input.truth;
      break;
    case c10::TypeKind::StringType:
      if (input.kind == Kind::Text) return input.text;
      break;
    case c10::TypeKind::ListType:
      if (input.kind == Kind::List) return list_of(input, type->expectRef<c10::ListType>().getElementType());
      break;
    case c10::TypeKind::TupleType:
      if (input.kind == Kind::Tuple) return tuple_of(input, type->expect<c10::TupleType>());
      break;
    case c10::TypeKind::DictType: {
      const auto& dictionary = type->expectRef<c10::DictType>();
      if (input.kind == Kind::Dictionary)
        return dictionary_of(input, dictionary.getKeyType(), dictionary.getValueType());
      break;
    }
    default:
      break;
  }
  fail(input, *type);
}

}  // namespace upmem_des::profiler

/// Flop an element: every addition, multiplication, division, comparison, root, exponential, tanh, erf, sine and cosine
/// counts as one.
#pragma once

namespace upmem_des::flop_counts {

inline constexpr double softmax = 5;     ///< maximum, subtract, exp, sum, divide
inline constexpr double rms_norm = 4;    ///< square, sum, times 1/rms, times weight
inline constexpr double l2_norm = 3;     ///< square, sum, times 1/rms
inline constexpr double layer_norm = 7;  ///< sum, subtract, square, sum, times 1/deviation, times weight, plus bias
inline constexpr double batch_norm = 2;  ///< at inference: times and plus what is constant for a channel
inline constexpr double sigmoid = 4;     ///< negate, exp, plus 1, divide
inline constexpr double silu = 5;        ///< sigmoid, times x
inline constexpr double gelu_erf = 5;    ///< times 1/√2, erf, plus 1, times x, times 0.5
inline constexpr double gelu_tanh = 9;  ///< x³ (2), times 0.044715, plus x, times √(2/π), tanh, plus 1, times x / 2 (2)
inline constexpr double quick_gelu = 6;  ///< times 1.702, sigmoid, times x
inline constexpr double relu = 1;        ///< maximum with 0
inline constexpr double relu6 = 2;       ///< maximum with 0, minimum with 6
inline constexpr double tanh = 1;
inline constexpr double softcap = 3;  ///< over the cap, tanh, times the cap
/// Of each element of the result: clamp gate (1) and up (2), times alpha, sigmoid, times gate, up plus 1, times it.
inline constexpr double clamped_glu = 11;
inline constexpr double glu = 5;  ///< of each element of the result: sigmoid, times the other half
inline constexpr double tap = 2;  ///< of a resampled element: times its weight, plus
/// Square, a running sum over the neighbours (add, subtract), times alpha, plus k, power, divide.
inline constexpr double response_norm = 7;
/// Of each number of the state. LSTM: sums of both products (4), three sigmoids (12), tanh (2), forget times state plus
/// input times candidate (3), output times it (1). GRU: sums (3), two sigmoids (8), reset times the state's product
/// (1), tanh (1), 1 minus update, times candidate, plus update times state (4). RNN: sum, tanh or ReLU.
inline constexpr double lstm_cell = 22;
inline constexpr double gru_cell = 17;
inline constexpr double rnn_cell = 2;
inline constexpr double binary = 1;   ///< add, sub, mul, div
inline constexpr double pooling = 1;  ///< each input element added or compared once
inline constexpr double pass = 1;     ///< other functions: a root, a comparison, an addition to a sum …
inline constexpr double rotate = 3;   ///< of each number of a head: times cosine, its partner times sine, sum
inline constexpr double rotary = 3;   ///< position times frequency, cosine, sine

}  // namespace upmem_des::flop_counts

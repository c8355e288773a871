using CogVideoX.Emulator.Numerics;

namespace CogVideoX.Emulator.Instructions;

/// <summary>
/// A function on values: for results of at most single precision it returns the exact value or one rounded to odd;
/// for double precision (<paramref name="isDouble"/>) the value rounded in the mode.
/// </summary>
internal delegate double FloatOperation(double[] values, bool isDouble, RoundingMode mode);

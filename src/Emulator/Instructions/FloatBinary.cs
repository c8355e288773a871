using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>Makes the instruction for a function whose .ftz and .sat are only known now.</summary>
internal static class FloatBinary
{
    public static Instruction Make<TPlain, TFtz, TSat, TFtzSat>(bool flush, bool saturate, int d, int a, int b)
        where TPlain : struct, IBinary<float> where TFtz : struct, IBinary<float>
        where TSat : struct, IBinary<float> where TFtzSat : struct, IBinary<float> => (flush, saturate) switch
        {
            (false, false) => new Binary<float, TPlain>(d, a, b),
            (true, false) => new Binary<float, TFtz>(d, a, b),
            (false, true) => new Binary<float, TSat>(d, a, b),
            _ => new Binary<float, TFtzSat>(d, a, b),
        };
}

namespace CogVideoX.Emulator.Instructions;

/// <summary>.ftz and .sat of a single-precision instruction, known when it is compiled.</summary>
internal interface IFloatMode
{
    static abstract bool Flush { get; }

    static abstract bool Saturate { get; }
}

/// <summary>The four combinations of .ftz and .sat.</summary>
internal static class FloatModes
{
    public readonly struct Plain : IFloatMode
    {
        public static bool Flush => false;
        public static bool Saturate => false;
    }

    public readonly struct Ftz : IFloatMode
    {
        public static bool Flush => true;
        public static bool Saturate => false;
    }

    public readonly struct Sat : IFloatMode
    {
        public static bool Flush => false;
        public static bool Saturate => true;
    }

    public readonly struct FtzSat : IFloatMode
    {
        public static bool Flush => true;
        public static bool Saturate => true;
    }
}

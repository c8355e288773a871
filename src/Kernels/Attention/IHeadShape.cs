namespace CogVideoX.Kernels;

/// <summary>A head's width, and how many keys lie in shared memory at once, as a type argument of the kernel of attention.</summary>
internal interface IHeadShape
{
    /// <summary>Elements of a head; a multiple of 16.</summary>
    static abstract int Width { get; }

    /// <summary>
    /// Keys of a block: as many as a thread's registers have room for beside its queries and results. A multiple of the rows that a CTA
    /// copies at once.
    /// </summary>
    static abstract int Keys { get; }

    /// <summary>Of how many 16 columns a thread keeps the queries in registers; the others it loads anew for each block.</summary>
    static virtual int KeptDepths => int.MaxValue;
}

/// <summary>The widths that there are kernels for.</summary>
internal static class HeadShapes
{
    public readonly struct W16 : IHeadShape
    {
        public static int Width => 16;

        public static int Keys => 128;
    }

    public readonly struct W32 : IHeadShape
    {
        public static int Width => 32;

        public static int Keys => 128;
    }

    public readonly struct W48 : IHeadShape
    {
        public static int Width => 48;

        public static int Keys => 64;
    }

    public readonly struct W64 : IHeadShape
    {
        public static int Width => 64;

        public static int Keys => 96;
    }

    public readonly struct W80 : IHeadShape
    {
        public static int Width => 80;

        public static int Keys => 64;
    }

    public readonly struct W96 : IHeadShape
    {
        public static int Width => 96;

        public static int Keys => 64;

        public static int KeptDepths => 3;
    }

    public readonly struct W128 : IHeadShape
    {
        public static int Width => 128;

        public static int Keys => 32;

        public static int KeptDepths => 3;
    }
}

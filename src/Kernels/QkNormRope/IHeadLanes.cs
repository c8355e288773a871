namespace CogVideoX.Kernels;

/// <summary>How many lanes of a warp share a head, eight neighbours each, as a type argument.</summary>
internal interface IHeadLanes
{
    /// <summary>A power of two, at most a warp's.</summary>
    static abstract int Count { get; }
}

/// <summary>Lanes for the widths of heads.</summary>
internal static class HeadLanes
{
    /// <summary>Heads of 16.</summary>
    public readonly struct Of2 : IHeadLanes
    {
        /// <inheritdoc/>
        public static int Count => 2;
    }

    /// <summary>Heads of 32.</summary>
    public readonly struct Of4 : IHeadLanes
    {
        /// <inheritdoc/>
        public static int Count => 4;
    }

    /// <summary>Heads of 64, which CogVideoX has.</summary>
    public readonly struct Of8 : IHeadLanes
    {
        /// <inheritdoc/>
        public static int Count => 8;
    }

    /// <summary>Heads of 128.</summary>
    public readonly struct Of16 : IHeadLanes
    {
        /// <inheritdoc/>
        public static int Count => 16;
    }
}

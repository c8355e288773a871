namespace CogVideoX.Kernels;

/// <summary>How many tiles of 16 queries a warp has, as a type argument.</summary>
internal interface IQueryTiles
{
    static abstract int Count { get; }
}

/// <summary>The numbers that there are kernels for.</summary>
internal static class QueryTiles
{
    /// <summary>For few queries: more CTAs, each of which loads from shared memory twice as much for a product.</summary>
    public readonly struct One : IQueryTiles
    {
        public static int Count => 1;
    }

    public readonly struct Two : IQueryTiles
    {
        public static int Count => 2;
    }
}

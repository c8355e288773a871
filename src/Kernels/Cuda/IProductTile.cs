namespace CogVideoX.Kernels.Cuda;

/// <summary>Sizes of a CTA's tile of products, as a type argument.</summary>
internal interface IProductTile
{
    /// <summary>Rows of the result.</summary>
    static abstract int Rows { get; }

    /// <summary>Columns of the result.</summary>
    static abstract int Columns { get; }

    /// <summary>Rows that one warp multiplies; a multiple of 16.</summary>
    static abstract int WarpRows { get; }

    /// <summary>Columns that one warp multiplies; a multiple of 16.</summary>
    static abstract int WarpColumns { get; }

    /// <summary>Slices of both operands that shared memory holds: one is multiplied while the others arrive.</summary>
    static abstract int Stages { get; }

    /// <summary>CTAs that a multiprocessor is to hold at once.</summary>
    static abstract int Residents { get; }
}

/// <summary>
/// Tiles of products. A warp of 64×64 has four products for each load from shared memory, which the tensor cores need; smaller ones are for
/// results that have too few tiles to go around.
/// </summary>
internal static class ProductTiles
{
    /// <summary>Eight warps of 64×64: reads least for each product.</summary>
    public readonly struct Wide : IProductTile
    {
        /// <inheritdoc/>
        public static int Rows => 128;

        /// <inheritdoc/>
        public static int Columns => 256;

        /// <inheritdoc/>
        public static int WarpRows => 64;

        /// <inheritdoc/>
        public static int WarpColumns => 64;

        /// <inheritdoc/>
        public static int Stages => 4;

        /// <inheritdoc/>
        public static int Residents => 1;
    }

    /// <summary>The same of twice as many rows as columns.</summary>
    public readonly struct Tall : IProductTile
    {
        /// <inheritdoc/>
        public static int Rows => 256;

        /// <inheritdoc/>
        public static int Columns => 128;

        /// <inheritdoc/>
        public static int WarpRows => 64;

        /// <inheritdoc/>
        public static int WarpColumns => 64;

        /// <inheritdoc/>
        public static int Stages => 4;

        /// <inheritdoc/>
        public static int Residents => 1;
    }

    /// <summary>Four warps of 64×64, two CTAs a multiprocessor: one multiplies while the other begins or ends.</summary>
    public readonly struct Square : IProductTile
    {
        /// <inheritdoc/>
        public static int Rows => 128;

        /// <inheritdoc/>
        public static int Columns => 128;

        /// <inheritdoc/>
        public static int WarpRows => 64;

        /// <inheritdoc/>
        public static int WarpColumns => 64;

        /// <inheritdoc/>
        public static int Stages => 3;

        /// <inheritdoc/>
        public static int Residents => 2;
    }

    /// <summary>Four warps of 32×32.</summary>
    public readonly struct Small : IProductTile
    {
        /// <inheritdoc/>
        public static int Rows => 64;

        /// <inheritdoc/>
        public static int Columns => 64;

        /// <inheritdoc/>
        public static int WarpRows => 32;

        /// <inheritdoc/>
        public static int WarpColumns => 32;

        /// <inheritdoc/>
        public static int Stages => 4;

        /// <inheritdoc/>
        public static int Residents => 3;
    }
}

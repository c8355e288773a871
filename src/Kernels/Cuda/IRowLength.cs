namespace CogVideoX.Kernels.Cuda;

/// <summary>How long the rows are that a warp holds in registers, as a type argument.</summary>
internal interface IRowLength
{
    /// <summary>Eights of a lane.</summary>
    static abstract int Eights { get; }
}

/// <summary>What is done with a length of rows, once it is known.</summary>
internal interface IRowLengthAction
{
    /// <summary>Does it.</summary>
    void Run<TLength>() where TLength : unmanaged, IRowLength;
}

/// <summary>Lengths of rows; a shorter row leaves registers empty.</summary>
internal static class RowLengths
{
    /// <summary>Numbers of the longest row.</summary>
    public const int Most = 4096;

    /// <summary>Does something with the shortest length that rows of a width have room in.</summary>
    public static void Run<TAction>(int width, TAction action) where TAction : struct, IRowLengthAction
    {
        switch (width)
        {
            case <= 256:
                action.Run<Of256>();
                break;
            case <= 512:
                action.Run<Of512>();
                break;
            case <= 1024:
                action.Run<Of1024>();
                break;
            case <= 2048:
                action.Run<Of2048>();
                break;
            case <= 3072:
                action.Run<Of3072>();
                break;
            default:
                action.Run<Of4096>();
                break;
        }
    }

    /// <summary>Up to 256.</summary>
    public readonly struct Of256 : IRowLength
    {
        /// <inheritdoc/>
        public static int Eights => 1;
    }

    /// <summary>Up to 512.</summary>
    public readonly struct Of512 : IRowLength
    {
        /// <inheritdoc/>
        public static int Eights => 2;
    }

    /// <summary>Up to 1024.</summary>
    public readonly struct Of1024 : IRowLength
    {
        /// <inheritdoc/>
        public static int Eights => 4;
    }

    /// <summary>Up to 2048: CogVideoX-2b has 1920.</summary>
    public readonly struct Of2048 : IRowLength
    {
        /// <inheritdoc/>
        public static int Eights => 8;
    }

    /// <summary>Up to 3072, which CogVideoX-5b has.</summary>
    public readonly struct Of3072 : IRowLength
    {
        /// <inheritdoc/>
        public static int Eights => 12;
    }

    /// <summary>Up to 4096, which T5 has.</summary>
    public readonly struct Of4096 : IRowLength
    {
        /// <inheritdoc/>
        public static int Eights => 16;
    }
}

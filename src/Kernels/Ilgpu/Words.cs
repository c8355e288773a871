namespace CogVideoX.Kernels.Ilgpu;

/// <summary>What is done with a type of words, once it is known.</summary>
internal interface IWordAction
{
    /// <summary>Does it.</summary>
    void Run<TWord>() where TWord : unmanaged;
}

/// <summary>Sixteen bytes, the most that a thread loads or stores with one instruction.</summary>
internal readonly record struct Word16(uint X, uint Y, uint Z, uint W);

/// <summary>Words of 1, 2, 4, 8 or 16 bytes, for operations that only move bytes.</summary>
internal static class Words
{
    private const long Most = 16;

    /// <summary>Bytes of the widest word that divides something.</summary>
    /// <param name="aligned">Addresses, sizes and distances in bytes, their bits together.</param>
    public static int Bytes(long aligned) => (int)Math.Min(Most, (aligned | Most) & -(aligned | Most));

    /// <summary>Runs something with words of so many bytes.</summary>
    public static void Run<TAction>(int bytes, in TAction action) where TAction : struct, IWordAction
    {
        switch (bytes)
        {
            case 1:
                action.Run<byte>();
                break;
            case 2:
                action.Run<ushort>();
                break;
            case 4:
                action.Run<uint>();
                break;
            case 8:
                action.Run<ulong>();
                break;
            default:
                action.Run<Word16>();
                break;
        }
    }
}

using ILGPU;

namespace CogVideoX.Kernels.Ilgpu;

/// <summary>What is done with a type of packs, once it is known.</summary>
internal interface IPackAction
{
    /// <summary>Does it.</summary>
    void Run<TPack>() where TPack : unmanaged, IPack<TPack>;
}

/// <summary>From a format and a number of elements to the type that kernels are generic over.</summary>
internal static class Packs
{
    private const int Most = 4;

    /// <summary>How many numbers a pack may have.</summary>
    /// <param name="width">What must be a multiple of it: the length of a row; of several lengths, their bits together.</param>
    /// <param name="operands">What is read or written in packs: they must begin at a multiple of a pack's bytes.</param>
    public static unsafe int Count(long width, params ReadOnlySpan<Elements> operands)
    {
        int count = Most;
        foreach (Elements operand in operands)
        {
            while (count > 1 && (nint)operand.Address % (count * operand.ElementSize) != 0)
                count /= 2;
        }
        while (width % count != 0)
            count /= 2;
        return count;
    }

    /// <summary>
    /// In a kernel: the numbers of a pack, loaded at once. (A property of an element where it lies would load each number by itself.)
    /// </summary>
    public static Quad Load<TPack>(ArrayView<TPack> view, long index) where TPack : unmanaged, IPack<TPack>
    {
        TPack pack = view[index];
        return pack.Values;
    }

    /// <summary>Runs something with packs of so many numbers in the format of an operand.</summary>
    /// <exception cref="NotSupportedException">There are no portable kernels for the format.</exception>
    public static void Run<TAction>(Elements operand, int count, in TAction action) where TAction : struct, IPackAction =>
        StoredAs.Run(operand, new Stored<TAction>(count, action));

    private readonly struct Stored<TAction>(int count, TAction action) : IStoredAs where TAction : struct, IPackAction
    {
        public void Run<T>() where T : unmanaged, IStored<T>
        {
            switch (count)
            {
                case 1:
                    action.Run<Pack1<T>>();
                    break;
                case 2:
                    action.Run<Pack2<T>>();
                    break;
                default:
                    action.Run<Pack4<T>>();
                    break;
            }
        }
    }
}

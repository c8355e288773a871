namespace CogVideoX.Kernels.Ilgpu;

/// <summary>What is done with a type of stored numbers, once it is known.</summary>
internal interface IStoredAs
{
    /// <summary>Does it.</summary>
    void Run<T>() where T : unmanaged, IStored<T>;
}

/// <summary>The same with two types.</summary>
internal interface IStoredAsTwo
{
    /// <summary>Does it.</summary>
    void Run<TFirst, TSecond>() where TFirst : unmanaged, IStored<TFirst> where TSecond : unmanaged, IStored<TSecond>;
}

/// <summary>From a format to the type that kernels are generic over.</summary>
internal static class StoredAs
{
    /// <summary>Runs something with the type of an operand's format; a null operand counts as F32.</summary>
    /// <exception cref="NotSupportedException">There are no portable kernels for the format.</exception>
    public static void Run<TAction>(Elements operand, in TAction action) where TAction : struct, IStoredAs
    {
        switch (Format(operand))
        {
            case ElementFormat.F32:
                action.Run<StoredF32>();
                break;
            case ElementFormat.BF16:
                action.Run<StoredBF16>();
                break;
            default:
                action.Run<StoredF16>();
                break;
        }
    }

    /// <inheritdoc cref="Run{TAction}(Elements, in TAction)"/>
    public static void Run<TAction>(Elements first, Elements second, in TAction action) where TAction : struct, IStoredAsTwo =>
        Run(first, new First<TAction>(second, action));

    /// <summary>The format of an operand; that of a null operand is F32.</summary>
    /// <exception cref="NotSupportedException">There are no portable kernels for it.</exception>
    internal static ElementFormat Format(Elements operand)
    {
        if (operand.IsNull)
            return ElementFormat.F32;
        return operand.Format is ElementFormat.F32 or ElementFormat.BF16 or ElementFormat.F16 && !operand.IsScaled
            ? operand.Format
            : throw new NotSupportedException(
                $"The portable kernels compute with F32, BF16 and F16, not with {(operand.IsScaled ? "scaled " : "")}{operand.Format}.");
    }

    private readonly struct First<TAction>(Elements second, TAction action) : IStoredAs where TAction : struct, IStoredAsTwo
    {
        public void Run<T>() where T : unmanaged, IStored<T> => StoredAs.Run(second, new Second<TAction, T>(action));
    }

    private readonly struct Second<TAction, TFirst>(TAction action) : IStoredAs
        where TAction : struct, IStoredAsTwo
        where TFirst : unmanaged, IStored<TFirst>
    {
        public void Run<T>() where T : unmanaged, IStored<T> => action.Run<TFirst, T>();
    }
}

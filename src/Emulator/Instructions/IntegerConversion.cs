using System.Numerics;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>The conversions between 32 and 64 bits that every address needs, made fast.</summary>
internal static class IntegerConversion
{
    public static Instruction? TryMake(Conversion how, int target, int targetBytes, int source, int sourceBytes)
    {
        if (how.Saturate || how.To.Bytes() != targetBytes || how.From.Bytes() != sourceBytes)
            return null;
        return (how.From, how.To) switch
        {
            (PtxType.U32, PtxType.U64 or PtxType.S64) => new Unary<uint, ulong, Cast<uint, ulong>>(target, source),
            (PtxType.S32, PtxType.U64 or PtxType.S64) => new Unary<int, long, Cast<int, long>>(target, source),
            (PtxType.U64 or PtxType.S64, PtxType.U32 or PtxType.S32) => new Unary<ulong, uint, Cast<ulong, uint>>(target, source),
            _ => null,
        };
    }

    private readonly struct Cast<TFrom, TTo> : IUnary<TFrom, TTo>
        where TFrom : unmanaged, IBinaryInteger<TFrom> where TTo : unmanaged, IBinaryInteger<TTo>
    {
        public static TTo Do(TFrom a) => TTo.CreateTruncating(a);

        public static PartlyWritten? Carry(PartlyWritten a) =>
            a.Moved(ulong.CreateTruncating(TTo.CreateTruncating(TFrom.CreateTruncating(a.Missing))));
    }
}

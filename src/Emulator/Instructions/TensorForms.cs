using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Instructions;

/// <summary>
/// Tensor copies that aren't run, as ptxas takes them: columns of images, picked rows, pairs of CTAs (PTX ISA 9.7.9.27.1).
/// </summary>
internal static class TensorForms
{
    private const int Picked = 5;   // a column and four rows

    /// <summary>A copy to shared memory.</summary>
    public static UnsupportedException Load(InstructionDecoder d, int dimensions, string form, bool multicast, string place)
    {
        int offsets = Offsets(d, dimensions, form), more = (offsets > 0 ? 1 : 0) + (multicast ? 1 : 0);
        bool isKnown = form is "im2col" or "im2col::w" or "tile::gather4" || (form == "cta_group::1" && place == "shared::cluster");
        if (dimensions == 0 || !isKnown)
            return d.Unsupported($".{form} copies aren't covered");
        MemoryOpcodes.RequirePolicy(d, 3 + more);
        d.Address(d.Operand(0), StateSpace.SharedCluster);
        BulkOpcodes.Map(d, d.Operand(1), Coordinates(d, dimensions, form));
        d.Address(d.Operand(2), StateSpace.SharedCluster);
        if (offsets > 0)
            ReadOffsets(d, 3, offsets);
        if (multicast)
            d.Source(2 + more, PtxType.B16);
        return d.CannotRun($".{form} copies aren't covered");
    }

    /// <summary>A copy from shared memory.</summary>
    public static UnsupportedException Store(InstructionDecoder d, int dimensions, string form)
    {
        if (form is "im2col" or "im2col::w" or "im2col::w::128")
            throw d.Error($".{form} belongs to loads");
        Offsets(d, dimensions, form);
        if (dimensions == 0 || form is not ("im2col_no_offs" or "tile::scatter4"))
            return d.Unsupported($".{form} copies aren't covered");
        d.Need("shared::cta");
        d.Need("bulk_group");
        MemoryOpcodes.RequirePolicy(d, 2);
        BulkOpcodes.Map(d, d.Operand(0), Coordinates(d, dimensions, form));
        d.Address(d.Operand(1), StateSpace.Shared);
        return d.CannotRun($".{form} copies aren't covered");
    }

    /// <summary>A prefetch.</summary>
    public static UnsupportedException Prefetch(InstructionDecoder d, int dimensions, string form)
    {
        if (form == "tile::scatter4")
            throw d.Error($".{form} belongs to stores");
        int offsets = Offsets(d, dimensions, form);
        if (dimensions == 0 || form != "im2col")
            return d.Unsupported($".{form} prefetches aren't covered");
        MemoryOpcodes.RequirePolicy(d, 2);
        BulkOpcodes.Map(d, d.Operand(0), dimensions);
        ReadOffsets(d, 1, offsets);
        return d.CannotRun($".{form} prefetches aren't covered");
    }

    /// <summary>How many offsets within the window a form has. Images have three dimensions at least, picked rows two.</summary>
    private static int Offsets(InstructionDecoder d, int dimensions, string form)
    {
        bool isImage = form.StartsWith("im2col", StringComparison.Ordinal);
        if (isImage && dimensions is 1 or 2)
            throw d.Error($".{form} needs three dimensions or more");
        return form switch { "im2col" => dimensions - 2, "im2col::w" or "im2col::w::128" => 2, _ => 0 };
    }

    private static int Coordinates(InstructionDecoder d, int dimensions, string form)
    {
        if (!form.StartsWith("tile::", StringComparison.Ordinal))
            return dimensions;
        return dimensions == 2 ? Picked : throw d.Error($".{form} has two dimensions");
    }

    private static void ReadOffsets(InstructionDecoder d, int index, int count)
    {
        foreach (PtxOperand offset in d.Braced(index, count))
            d.Source(offset, PtxType.B16);
    }
}

using System.Runtime.CompilerServices;
using ILGPU.Runtime.Cuda;

namespace CogVideoX.Gpu;

/// <summary>
/// What ILGPU writes PTX for on a card. By itself it names the card's own architecture and the newest PTX of its own table that the driver
/// has: on a card that is newer than the table, that is a pair which no driver takes (sm_110 needs PTX 9.0, and 1.5.3 writes 8.8 at most).
/// </summary>
internal static class CardTarget
{
    // PTX for an architecture runs on all later ones, and that for this one is what our emulator has checked.
    private static readonly CudaArchitecture Newest = CudaArchitecture.SM_90;

    /// <summary>For cards up to sm_90 what ILGPU chooses (null); for later ones sm_90, in the first PTX that has it.</summary>
    /// <param name="card">The card's own architecture.</param>
    public static (CudaArchitecture Architecture, CudaInstructionSet InstructionSet)? For(CudaArchitecture card) =>
        card > Newest ? (Newest, CudaInstructionSet.ISA_80) : null;

    /// <summary>Tells ILGPU, before it takes a card into a context.</summary>
    public static void Choose(CudaDeviceOverride card)
    {
        if (card.Device.Architecture is { } own && For(own) is { } target)
        {
            card.InstructionSet = target.InstructionSet;
            SetArchitecture(card.Device, target.Architecture);
        }
    }

    // ILGPU 1.5.3 lets a program choose the version of PTX, and not what it is for.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Architecture")]
    internal static extern void SetArchitecture(CudaDevice device, CudaArchitecture? architecture);
}

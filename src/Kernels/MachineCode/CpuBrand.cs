using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace CogVideoX.Kernels.MachineCode;

/// <summary>What a processor calls itself: its brand, family and model, so that what was measured on one isn't taken for another.</summary>
internal static class CpuBrand
{
    /// <summary>Of this processor; what it is built for where it doesn't say.</summary>
    public static string Here { get; } = Read();

    private static string Read()
    {
        const int Extended = unchecked((int)0x80000000), FirstOfBrand = unchecked((int)0x80000002), Parts = 3;
        if (!X86Base.IsSupported)
            return RuntimeInformation.ProcessArchitecture.ToString();
        (int signature, _, _, _) = X86Base.CpuId(1, 0);
        int family = ((signature >> 8) & 0xF) + ((signature >> 20) & 0xFF), model = ((signature >> 4) & 0xF) | ((signature >> 12) & 0xF0);
        var brand = new StringBuilder();
        if ((uint)X86Base.CpuId(Extended, 0).Eax >= unchecked((uint)FirstOfBrand) + Parts - 1)
        {
            for (int part = 0; part < Parts; part++)
            {
                (int eax, int ebx, int ecx, int edx) = X86Base.CpuId(FirstOfBrand + part, 0);
                brand.Append(Encoding.ASCII.GetString(MemoryMarshal.AsBytes([eax, ebx, ecx, edx])));
            }
        }
        string name = brand.ToString().Trim('\0', ' ');
        return $"{(name.Length == 0 ? "x64" : name)}, family {family}, model {model}";
    }
}

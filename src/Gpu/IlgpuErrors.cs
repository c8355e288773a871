using System.Globalization;
using System.Reflection;
using CogVideoX.Emulator;
using ILGPU;
using ILGPU.Runtime;

namespace CogVideoX.Gpu;

/// <summary>What ILGPU and its drivers throw, in words that say at what it happened.</summary>
internal static class IlgpuErrors
{
    /// <summary>Whether an exception is a driver's, the emulator's, or ILGPU's compiler's.</summary>
    public static bool IsDevices(Exception exception) =>
        exception is AcceleratorException or EmulatorException or InternalCompilerException or CapabilityNotSupportedException;

    /// <summary>Whether it says that there is no memory.</summary>
    public static bool IsOutOfMemory(Exception exception) => exception is AcceleratorException
        && exception.Message.Contains("memory", StringComparison.OrdinalIgnoreCase)
        && exception.Message.Contains("out of", StringComparison.OrdinalIgnoreCase);

    /// <summary>The sizes among a kernel's arguments: <c>X[390] Rows 3 Width 130</c>.</summary>
    public static string Sizes(object arguments) => string.Join(" ", arguments.GetType().GetProperties().Select(property => Size(
        property, property.GetValue(arguments))));

    private static string Size(PropertyInfo property, object? value) => value switch
    {
        IContiguousArrayView view => string.Create(CultureInfo.InvariantCulture, $"{property.Name}[{view.Length}]"),
        IFormattable number => $"{property.Name} {number.ToString(null, CultureInfo.InvariantCulture)}",
        _ => property.Name,
    };
}

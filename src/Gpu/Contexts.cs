using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime.Cuda;

namespace CogVideoX.Gpu;

/// <summary>Contexts of ILGPU as all our devices have them.</summary>
internal static class Contexts
{
    private const string WslDriver = "/usr/lib/wsl/lib"; // there ILGPU looks for the driver itself

    static Contexts()
    {
        if (OperatingSystem.IsLinux() && !Directory.Exists(WslDriver))
            NativeLibrary.SetDllImportResolver(typeof(Context).Assembly, FindDriver);
    }

    /// <param name="devices">Registers the devices that are wanted.</param>
    public static Context Create(Func<Context.Builder, Context.Builder> devices) => Context.Create(builder => devices(builder
        .EnableAlgorithms()
        .Profiling()
        .Optimize(OptimizationLevel.O2)
        .Inlining(InliningMode.Aggressive)));

    /// <summary>Cards with CUDA, each with the PTX that is right for it.</summary>
    public static Context.Builder WithCards(Context.Builder builder) => builder.Cuda(CardTarget.Choose);

    // ILGPU asks for libcuda.so, which only comes with what programs are built with; a driver alone has libcuda.so.1.
    private static nint FindDriver(string name, System.Reflection.Assembly assembly, DllImportSearchPath? paths) =>
        name.Contains("cuda", StringComparison.Ordinal) && NativeLibrary.TryLoad("libcuda.so.1", out nint handle) ? handle : 0;
}

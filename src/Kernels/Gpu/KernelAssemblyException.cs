namespace CogVideoX.Kernels.Gpu;

/// <summary>An assembly whose kernels can't be listed or compiled; the message stands after its path.</summary>
public sealed class KernelAssemblyException : Exception
{
    internal KernelAssemblyException(string message, Exception? inner = null)
        : base(message, inner) { }
}

using CogVideoX.Kernels.Gpu;

namespace CogVideoX.Cli.Verbs;

/// <summary><c>kernels list</c>: a line a kernel. One that can't be compiled is told, and the next is still listed.</summary>
internal sealed class KernelList(Terminal terminal)
{
    public int Print(KernelCatalog catalog, bool json)
    {
        int code = ExitCode.Done;
        var rows = new List<object>();
        foreach (GpuKernel kernel in catalog.Kernels)
        {
            try
            {
                KernelText text = kernel.Show();
                int lines = text.Ptx.Count(c => c == '\n');
                rows.Add(new { text.Name, text.Target, text.Threads, text.SharedBytes, Lines = lines });
                string shared = $"{text.SharedBytes,7:N0} bytes shared";
                string threads = $"{text.Threads,5} threads";
                if (!json)
                    terminal.Output.WriteLine($"{text.Name,-24} {text.Target,-7} {threads} {shared} {lines,6:N0} lines");
            }
            catch (Exception problem) when (KernelProblems.Are(problem))
            {
                terminal.Say($"cogvideox: {kernel.Name}: {problem.Message}");
                rows.Add(new { kernel.Name, Error = problem.Message });
                code = ExitCode.Failed;
            }
        }
        if (json)
            terminal.WriteJson(rows);
        if (catalog.Unnamed.Count > 0)
            terminal.Say($"generic kernels that name no instance by [KernelInstance] aren't listed: {string.Join(", ", catalog.Unnamed)}");
        return code;
    }
}

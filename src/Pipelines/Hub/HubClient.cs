using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using System.Text.Json;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Hub;

/// <summary>
/// The Hub over HTTP: what a model consists of, and its files. Redirects are followed by hand, since the token goes to the Hub's own
/// address alone. Nothing is tried twice here (<see cref="HubRetries"/>).
/// </summary>
internal sealed class HubClient : IDisposable
{
    private const int MostRedirects = 8, LongestListing = 32 << 20, MostFiles = 50_000, Deepest = 64, HeaderKilobytes = 64;

    private readonly HttpClient http;
    private readonly HubSettings settings;
    private readonly Uri endpoint;
    private volatile bool reached; // once: then an unknown name is a line that broke

    /// <exception cref="HubException">Nothing may be asked, or the address or the token can't be.</exception>
    public HubClient(HubSettings settings, HubTimes? times = null)
    {
        this.settings = settings;
        Times = times ?? new HubTimes();
        if (settings.IsOffline)
            throw new HubException("HF_HUB_OFFLINE is set, so nothing is downloaded; unset it, or use what the cache has.");
        if (!Uri.TryCreate(settings.Endpoint.TrimEnd('/') + '/', UriKind.Absolute, out Uri? address)
            || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp)
            || address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0)
        {
            throw new HubException(
                $"HF_ENDPOINT is {Quoted.Name(settings.Endpoint)}; it should be an address such as https://huggingface.co.");
        }
        if (settings.Token?.Any(c => c is <= ' ' or > '~') == true)
            throw new HubException("the token (HF_TOKEN, or the file that a login leaves) has characters that no token has; set it again.");
        endpoint = address;
        http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None, // checksums are of the bytes as they are
            ConnectTimeout = Times.Answer,
            MaxResponseHeadersLength = HeaderKilobytes,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan, // a model takes hours; silence is watched instead
        };
        string? version = typeof(HubClient).Assembly.GetCustomAttribute<AssemblyFileVersionAttribute>()?.Version;
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("cogvideox", version));
        http.DefaultRequestHeaders.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
    }

    /// <summary>How long it waits.</summary>
    public HubTimes Times { get; }

    /// <summary>The page of a model, for people.</summary>
    public string PageOf(ModelName name) => new Uri(endpoint, name.Name).AbsoluteUri;

    /// <summary>What a model consists of.</summary>
    /// <exception cref="TransientHubException">The Hub can't be reached, or is busy.</exception>
    /// <exception cref="HubException">There is no such model or revision, it may not be read, or the answer is no listing.</exception>
    public async Task<HubModel> DescribeAsync(ModelName name, CancellationToken cancellation)
    {
        var address = new Uri(endpoint, $"api/models/{name.Name}/revision/{Uri.EscapeDataString(name.Revision)}?blobs=true");
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Get, address, followsElsewhere: false, null, cancellation);
        Check(answer, name, null);
        byte[] text = await ReadListingAsync(answer, cancellation);
        try
        {
            using JsonDocument json = StrictJson.Parse(text, Deepest);
            return HubListing.Read(name, json.RootElement, MostFiles);
        }
        catch (FormatException exception)
        {
            throw new HubException(
                $"{address.Host} gave an answer about {name.Name} that is no listing of the Hub (it {exception.Message.TrimEnd('.')}). Is "
                + $"{endpoint} a Hub, and no page of a network that asks for a login?",
                exception);
        }
    }

    /// <summary>A file's checksum and size, without its bytes.</summary>
    /// <exception cref="TransientHubException">The Hub can't be reached, or is busy.</exception>
    /// <exception cref="HubException">There is no such file, it may not be read, or the answer doesn't say what is needed.</exception>
    public async Task<HubFile> HeadAsync(HubModel model, string file, CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Head, Address(model, file), false, null, cancellation);
        bool redirects = IsRedirect(answer); // to where large files are
        if (!redirects)
            Check(answer, model.Name, file);
        string? commit = Header(answer, "X-Repo-Commit");
        if (commit is not null && commit != model.Commit)
        {
            throw new HubException(
                $"{model.Name.Name} is at another commit than a moment ago ({Quoted.Line(commit, 40)}, it was {model.Commit}); pull it "
                + "again.");
        }
        string? checksum = Unquoted(Header(answer, "X-Linked-Etag") ?? answer.Headers.ETag?.Tag);
        long? size = long.TryParse(Header(answer, "X-Linked-Size"), out long linked) ? linked
            : redirects ? null : answer.Content.Headers.ContentLength;
        if (commit is null || checksum is null || !BlobFile.IsName(checksum) || size is not >= 0)
        {
            throw new HubException(
                $"{endpoint.Host} doesn't say which commit, checksum and size {file} of {model.Name.Name} has, so it isn't downloaded. Is "
                + $"{endpoint} a Hub, and no page of a network that asks for a login?");
        }
        return new HubFile(file, size, checksum);
    }

    /// <summary>A file's bytes from a place on, redirects followed.</summary>
    /// <param name="model">Of which it is.</param>
    /// <param name="file">Its name.</param>
    /// <param name="from">The first byte.</param>
    /// <param name="validator">The entity tag of the bytes before, by the server that gave them; null for none.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="TransientHubException">The server can't be reached, or is busy.</exception>
    /// <exception cref="HubException">There is no such file, or it may not be read.</exception>
    public async Task<HttpResponseMessage> GetAsync(
        HubModel model, string file, long from, EntityTagHeaderValue? validator, CancellationToken cancellation)
    {
        HttpResponseMessage answer = await SendAsync(HttpMethod.Get, Address(model, file), followsElsewhere: true, Prepare, cancellation);
        try
        {
            if (answer.StatusCode != HttpStatusCode.RequestedRangeNotSatisfiable)
                Check(answer, model.Name, file);
            return answer;
        }
        catch
        {
            answer.Dispose();
            throw;
        }

        void Prepare(HttpRequestMessage request)
        {
            if (from == 0)
                return;
            request.Headers.Range = new RangeHeaderValue(from, null);
            if (validator is { IsWeak: false } && !IsOwn(request.RequestUri!))
                request.Headers.IfRange = new RangeConditionHeaderValue(validator);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    /// <summary>A header's only value; null where there is none.</summary>
    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.First() : null;

    private static string? Unquoted(string? tag)
    {
        if (tag is null)
            return null;
        string strong = tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag;
        return strong.Trim('"');
    }

    private static bool IsRedirect(HttpResponseMessage answer) =>
        (int)answer.StatusCode is 301 or 302 or 303 or 307 or 308 && answer.Headers.Location is not null;

    private bool IsOwn(Uri address) => Uri.Compare(
        address, endpoint, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;

    private Uri Address(HubModel model, string file) => new(
        endpoint, $"{model.Name.Name}/resolve/{model.Commit}/{string.Join('/', file.Split('/').Select(Uri.EscapeDataString))}");

    // Of redirects within the Hub (models that were renamed) the last answer; one that leads elsewhere is for who asked.
    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, Uri address, bool followsElsewhere, Action<HttpRequestMessage>? prepare, CancellationToken cancellation)
    {
        for (int redirects = 0; redirects <= MostRedirects; redirects++)
        {
            HttpResponseMessage answer = await SendOnceAsync(method, address, prepare, cancellation);
            if (!IsRedirect(answer))
                return answer;
            var next = new Uri(address, answer.Headers.Location!);
            if (!IsOwn(next) && !followsElsewhere)
                return answer;
            answer.Dispose();
            bool isWeb = next.Scheme == Uri.UriSchemeHttps || (next.Scheme == Uri.UriSchemeHttp && address.Scheme == Uri.UriSchemeHttp);
            if (!isWeb || next.UserInfo.Length > 0)
                throw new HubException($"{address.Host} leads to {Quoted.Name(next.AbsoluteUri)}, which isn't followed: it isn't https.");
            address = next;
        }
        throw new HubException($"{endpoint.Host} leads in a circle: more than {MostRedirects} redirects.");
    }

    private async Task<HttpResponseMessage> SendOnceAsync(
        HttpMethod method, Uri address, Action<HttpRequestMessage>? prepare, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, address);
        prepare?.Invoke(request);
        if (settings.Token is { } token && IsOwn(address))
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Times.Answer);
        try
        {
            HttpResponseMessage answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            reached = true;
            return answer;
        }
        catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            throw new TransientHubException($"{address.Host} didn't answer in {Times.Answer.TotalSeconds:0.#} s.", inner: exception);
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new HubException($"{address.Host} gave an answer whose headers are longer than {HeaderKilobytes} kB.", exception);
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.NameResolutionError && !reached)
        {
            throw new HubException(
                $"{address.Host} isn't known to this network, or there is no network; check the connection, and HF_ENDPOINT if it is set.",
                exception);
        }
        catch (HttpRequestException exception)
        {
            throw new TransientHubException(
                $"{address.Host} can't be reached: {Quoted.Line(exception.Message.TrimEnd('.'), 300)}.", inner: exception);
        }
    }

    private async Task<byte[]> ReadListingAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Times.Silence);
        using var text = new MemoryStream();
        byte[] buffer = new byte[1 << 16];
        string host = answer.RequestMessage!.RequestUri!.Host;
        try
        {
            await using Stream stream = await answer.Content.ReadAsStreamAsync(limit.Token);
            while (await stream.ReadAsync(buffer, limit.Token) is > 0 and int count)
            {
                text.Write(buffer, 0, count);
                if (text.Length > LongestListing)
                    throw new HubException($"{host} gave a listing longer than {ByteSize.ToText(LongestListing)}.");
            }
            return text.ToArray();
        }
        catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            throw new TransientHubException($"{host} didn't end its answer in {Times.Silence.TotalSeconds:0.#} s.", inner: exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new TransientHubException($"{host} broke its answer off.", inner: exception);
        }
    }

    private void Check(HttpResponseMessage answer, ModelName name, string? file)
    {
        int status = (int)answer.StatusCode;
        if (status is 200 or 206)
            return;
        string host = answer.RequestMessage!.RequestUri!.Host;
        string? code = Header(answer, "X-Error-Code");
        string thing = file is null ? name.ToString() : $"{file} of {name}";
        bool gated = code == "GatedRepo";
        throw status switch
        {
            429 or 408 or >= 500 => new TransientHubException($"{host} is busy (HTTP {status}{Wait(answer)}).", RetryAfter(answer)),
            401 when settings.Token is not null && !gated => new HubException(
                $"{host} doesn't take the token (HTTP 401) for {thing}; check HF_TOKEN, or the file that a login leaves, and the name."),
            401 or 403 when gated => new HubException(
                $"{name.Name} is given to those alone who accept its licence: do that at {PageOf(name)}, and set HF_TOKEN to a token of "
                + $"that account ({endpoint}settings/tokens)."),
            401 => new HubException(
                $"there is no model {name.Name} on {host}, or it is private (HTTP 401); check the name, or set HF_TOKEN to a token that "
                + "may read it."),
            403 => new HubException(
                $"{thing} may not be read (HTTP 403): see whether {PageOf(name)} asks to accept a licence, and whether the token in "
                + "HF_TOKEN may read it."),
            404 when code == "RevisionNotFound" => new HubException(
                $"{name.Name} has no revision {Quoted.Name(name.Revision)} on {host}; see its branches at {PageOf(name)}."),
            404 when file is not null => new HubException(
                $"{host} has no {Quoted.Line(file)} of {name} any more (HTTP 404); pull it again."),
            404 => new HubException($"there is no model {name} on {host} (HTTP 404); check the name."),
            _ => new HubException($"{host} answered HTTP {status} for {thing}; nothing was downloaded."),
        };
    }

    private TimeSpan? RetryAfter(HttpResponseMessage answer) => answer.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date - Times.Clock.GetUtcNow() is var wait => wait > TimeSpan.Zero ? wait : TimeSpan.Zero,
        _ => null,
    };

    private string Wait(HttpResponseMessage answer) =>
        RetryAfter(answer) is { } wait ? FormattableString.Invariant($", it asks to wait {wait.TotalSeconds:F0} s") : "";
}

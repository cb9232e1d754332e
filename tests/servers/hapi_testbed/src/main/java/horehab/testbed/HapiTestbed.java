package horehab.testbed;

import ca.uhn.fhir.batch2.jobs.config.Batch2JobsConfig;
import ca.uhn.fhir.batch2.jobs.export.BulkDataExportProvider;
import ca.uhn.fhir.batch2.maintenance.JobMaintenanceServiceImpl;
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.jpa.api.IDaoRegistry;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.config.ThreadPoolFactoryConfig;
import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.jpa.batch2.JpaBatch2Config;
import ca.uhn.fhir.jpa.binstore.DatabaseBinaryContentStorageSvcImpl;
import ca.uhn.fhir.jpa.config.r4.JpaR4Config;
import ca.uhn.fhir.jpa.config.util.HapiEntityManagerFactoryUtil;
import ca.uhn.fhir.jpa.config.util.ResourceCountCacheUtil;
import ca.uhn.fhir.jpa.dao.FulltextSearchSvcImpl;
import ca.uhn.fhir.jpa.dao.IFulltextSearchSvc;
import ca.uhn.fhir.jpa.dao.search.HSearchSortHelperImpl;
import ca.uhn.fhir.jpa.dao.search.IHSearchSortHelper;
import ca.uhn.fhir.jpa.model.config.PartitionSettings;
import ca.uhn.fhir.jpa.model.config.SubscriptionSettings;
import ca.uhn.fhir.jpa.model.entity.StorageSettings;
import ca.uhn.fhir.jpa.provider.DaoRegistryResourceSupportedSvc;
import ca.uhn.fhir.jpa.provider.IJpaSystemProvider;
import ca.uhn.fhir.jpa.provider.JpaCapabilityStatementProvider;
import ca.uhn.fhir.jpa.provider.SubscriptionTriggeringProvider;
import ca.uhn.fhir.jpa.search.DatabaseBackedPagingProvider;
import ca.uhn.fhir.jpa.search.IStaleSearchDeletingSvc;
import ca.uhn.fhir.jpa.search.StaleSearchDeletingSvcImpl;
import ca.uhn.fhir.jpa.subscription.channel.config.SubscriptionChannelConfig;
import ca.uhn.fhir.jpa.subscription.match.config.SubscriptionProcessorConfig;
import ca.uhn.fhir.jpa.subscription.match.deliver.email.EmailSenderImpl;
import ca.uhn.fhir.jpa.subscription.match.deliver.email.IEmailSender;
import ca.uhn.fhir.jpa.subscription.submit.config.SubscriptionSubmitterConfig;
import ca.uhn.fhir.jpa.util.ResourceCountCache;
import ca.uhn.fhir.rest.api.EncodingEnum;
import ca.uhn.fhir.rest.api.IResourceSupportedSvc;
import ca.uhn.fhir.rest.server.IncomingRequestAddressStrategy;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.interceptor.RequestValidatingInterceptor;
import ca.uhn.fhir.rest.server.mail.MailConfig;
import ca.uhn.fhir.rest.server.mail.MailSvc;
import ca.uhn.fhir.rest.server.provider.ResourceProviderFactory;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import ca.uhn.fhir.validation.IValidatorModule;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import jakarta.persistence.EntityManagerFactory;
import org.hl7.fhir.dstu2.model.Subscription.SubscriptionChannelType;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.quartz.QuartzAutoConfiguration;
import org.springframework.boot.autoconfigure.thymeleaf.ThymeleafAutoConfiguration;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.Environment;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * A HAPI FHIR R4 server for horehab's end-to-end tests: loopback only, one process, no configuration files.
 * Every knob is a command-line argument, for example
 * <pre>
 *   --server.port=8080
 *   --spring.datasource.url=jdbc:postgresql://127.0.0.1/fhir --spring.datasource.username=postgres
 *   --testbed.dialect=ca.uhn.fhir.jpa.model.dialect.HapiFhirPostgresDialect
 *   --testbed.validate=false  --testbed.search-cache-ms=60000  --testbed.smtp-port=8025
 *   --testbed.job-interval-ms=500  --testbed.export-file-size=20
 * </pre>
 */
@SpringBootApplication(exclude = {ThymeleafAutoConfiguration.class, QuartzAutoConfiguration.class})
@Import({
    JpaR4Config.class,
    ThreadPoolFactoryConfig.class,
    SubscriptionSubmitterConfig.class,
    SubscriptionProcessorConfig.class,
    SubscriptionChannelConfig.class,
    JpaBatch2Config.class,
    Batch2JobsConfig.class
})
public class HapiTestbed {

    public static void main(String[] args) {
        SpringApplication app = new SpringApplication(HapiTestbed.class);
        Map<String, Object> d = new HashMap<>();
        d.put("server.address", "127.0.0.1");
        d.put("server.port", "8080");
        d.put("server.tomcat.relaxed-query-chars", "|");
        d.put("spring.main.allow-circular-references", "true"); // HAPI's bean graph has cycles
        d.put("spring.main.banner-mode", "off");
        d.put("spring.flyway.enabled", "false");
        d.put("spring.jpa.open-in-view", "false");
        d.put(
                "spring.autoconfigure.exclude",
                "org.springframework.boot.autoconfigure.elasticsearch.ElasticsearchRestClientAutoConfiguration");
        d.put("spring.datasource.url", "jdbc:h2:mem:testbed;DB_CLOSE_DELAY=-1");
        d.put("spring.datasource.username", "sa");
        d.put("spring.datasource.password", "");
        d.put("spring.datasource.hikari.maximum-pool-size", "10");
        d.put("logging.level.root", "WARN");
        d.put("logging.level.horehab", "INFO");
        app.setDefaultProperties(d);
        app.run(args);
        System.out.println("READY"); // what tests/servers/hapi.py waits for
    }

    /** Behaviour of the store and of its subscriptions. */
    @Configuration
    static class Settings {

        @Bean
        JpaStorageSettings jpaStorageSettings(
                @Value("${testbed.search-cache-ms:0}") long searchCacheMs,
                @Value("${testbed.export-file-size:1000}") int exportFileSize) {
            JpaStorageSettings s = new JpaStorageSettings();
            // HAPI answers a repeated search from a cache of 60 s unless told otherwise: a poller must see fresh data.
            s.setReuseCachedSearchResultsForMillis(searchCacheMs > 0 ? searchCacheMs : null);
            s.setIndexMissingFields(StorageSettings.IndexEnabledEnum.ENABLED); // the :missing modifier
            s.setAllowMultipleDelete(true);
            s.setEnforceReferentialIntegrityOnWrite(true);
            s.setEnforceReferentialIntegrityOnDelete(true);
            s.setExpungeEnabled(true);
            s.setBulkExportFileMaximumCapacity(exportFileSize); // resources in one file of an $export
            return s;
        }

        /** HAPI moves its jobs ($export is one) a step on once a minute; a test can let it do so more often. */
        @Bean
        static BeanPostProcessor jobPace(Environment options) {
            return new BeanPostProcessor() {
                @Override
                public Object postProcessBeforeInitialization(Object bean, String name) {
                    if (bean instanceof JobMaintenanceServiceImpl jobs) {
                        jobs.setScheduledJobFrequencyMillis(
                                options.getProperty("testbed.job-interval-ms", Long.class, 60_000L));
                    }
                    return bean;
                }
            };
        }

        @Bean
        SubscriptionSettings subscriptionSettings(@Value("${testbed.smtp-port:0}") int smtpPort) {
            SubscriptionSettings s = new SubscriptionSettings();
            s.addSupportedSubscriptionType(SubscriptionChannelType.RESTHOOK);
            if (smtpPort > 0) {
                s.addSupportedSubscriptionType(SubscriptionChannelType.EMAIL);
                s.setEmailFromAddress("fhir@localhost");
            }
            return s;
        }

        @Bean
        PartitionSettings partitionSettings() {
            return new PartitionSettings();
        }

        @Bean
        IEmailSender emailSender(@Value("${testbed.smtp-port:0}") int smtpPort) {
            if (smtpPort == 0) {
                return details -> {};
            }
            return new EmailSenderImpl(
                    new MailSvc(new MailConfig().setSmtpHostname("127.0.0.1").setSmtpPort(smtpPort)));
        }

        @Bean
        DatabaseBinaryContentStorageSvcImpl databaseBinaryStorageSvc() {
            return new DatabaseBinaryContentStorageSvcImpl(); // bulk export writes its files as Binary
        }
    }

    /** JPA plumbing that HAPI leaves to the application. */
    @Configuration
    static class Persistence {

        @Primary
        @Bean
        LocalContainerEntityManagerFactoryBean entityManagerFactory(
                ConfigurableListableBeanFactory beans,
                FhirContext fhir,
                JpaStorageSettings settings,
                DataSource db,
                @Value("${testbed.dialect:ca.uhn.fhir.jpa.model.dialect.HapiFhirH2Dialect}") String dialect) {
            LocalContainerEntityManagerFactoryBean emf =
                    HapiEntityManagerFactoryUtil.newEntityManagerFactory(beans, fhir, settings);
            Map<String, Object> p = new HashMap<>();
            p.put("hibernate.dialect", dialect);
            p.put("hibernate.hbm2ddl.auto", "update");
            p.put("hibernate.jdbc.batch_size", "20");
            p.put("hibernate.cache.use_query_cache", "false");
            p.put("hibernate.cache.use_second_level_cache", "false");
            p.put("hibernate.cache.use_minimal_puts", "false");
            p.put("hibernate.search.enabled", "false");
            emf.setPersistenceUnitName("HAPI_PU");
            emf.setDataSource(db);
            emf.setJpaPropertyMap(p);
            return emf;
        }

        @Primary
        @Bean
        JpaTransactionManager transactionManager(EntityManagerFactory emf) {
            return new JpaTransactionManager(emf);
        }

        @Bean
        IFulltextSearchSvc fullTextSearchSvc() {
            return new FulltextSearchSvcImpl();
        }

        @Bean
        IStaleSearchDeletingSvc staleSearchDeletingSvc() {
            return new StaleSearchDeletingSvcImpl();
        }

        @Bean
        IHSearchSortHelper hSearchSortHelper(ISearchParamRegistry params) {
            return new HSearchSortHelperImpl(params);
        }

        @Bean
        DatabaseBackedPagingProvider databaseBackedPagingProvider() {
            DatabaseBackedPagingProvider p = new DatabaseBackedPagingProvider();
            p.setDefaultPageSize(20);
            p.setMaximumPageSize(500);
            return p;
        }

        @Bean
        IResourceSupportedSvc resourceSupportedSvc(IDaoRegistry daos) {
            return new DaoRegistryResourceSupportedSvc(daos);
        }

        @Bean("myResourceCountsCache")
        ResourceCountCache resourceCountsCache(IFhirSystemDao<?, ?> dao) {
            return ResourceCountCacheUtil.newResourceCountCache(dao);
        }
    }

    /** The REST face, at /fhir. */
    @Configuration
    static class Http {

        @Bean
        @SuppressWarnings({"rawtypes", "unchecked"})
        ServletRegistrationBean<RestfulServer> fhirServlet(
                IFhirSystemDao systemDao,
                IJpaSystemProvider systemProvider,
                ResourceProviderFactory resourceProviders,
                DatabaseBackedPagingProvider paging,
                JpaStorageSettings settings,
                ISearchParamRegistry params,
                IValidationSupport validation,
                IValidatorModule validator,
                BulkDataExportProvider bulkExport,
                Optional<SubscriptionTriggeringProvider> trigger,
                @Value("${testbed.validate:true}") boolean validate) {
            RestfulServer server = new RestfulServer(systemDao.getContext());
            server.registerProviders(resourceProviders.createProviders());
            server.registerProvider(systemProvider);
            server.registerProvider(bulkExport);
            trigger.ifPresent(server::registerProvider);

            JpaCapabilityStatementProvider conformance =
                    new JpaCapabilityStatementProvider(server, systemDao, settings, params, validation);
            conformance.setImplementationDescription("horehab testbed");
            server.setServerConformanceProvider(conformance);

            server.setPagingProvider(paging);
            server.setDefaultResponseEncoding(EncodingEnum.JSON);
            server.setServerAddressStrategy(new IncomingRequestAddressStrategy());

            if (validate) {
                RequestValidatingInterceptor v = new RequestValidatingInterceptor();
                v.setValidatorModules(List.of(validator));
                v.setFailOnSeverity(ResultSeverityEnum.ERROR); // 422 with an OperationOutcome
                server.registerInterceptor(v);
            }

            ServletRegistrationBean<RestfulServer> reg = new ServletRegistrationBean<>(server, "/fhir/*");
            reg.setLoadOnStartup(1);
            return reg;
        }
    }
}
